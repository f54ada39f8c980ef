-- The build that the pages show; one row.
-- columns:
--   build_id: The build.
--   built_at: When it was built, UTC.
--   as_of: The day the build is about.
--   cost_metric: The measure pages open with and budgets count.
--   show_spaces: What pages open with: shared or all.
--   data_through: Newest day with usage in the bills.
--   first_day: First day with a charge.
--   shown_from: First day that pages open with.
--   shown_to: Last day that pages open with: the day the build is about, or the end of the newest month with usage.
--   daily_from: First day that pages know day by day; months before it are known as a whole.
--   is_folded: Whether the first view folds small spaces into one row.
--   stale_after_days: After how many days without newer usage a bill counts as stale.
select
    run.build_id,
    run.built_at,
    run.as_of,
    run.cost_metric,
    run.show_spaces,
    days_shown.data_through,
    days_shown.first_day,
    days_shown.recent_from as shown_from,
    days_shown.shown_to,
    days_shown.daily_from,
    days_shown.is_folded,
    run.stale_after_days
from core.run as run
cross join days_shown
order by run.build_id
