-- The build that the pages show; one row.
-- columns:
--   build_id: The build.
--   built_at: When it was built, UTC.
--   as_of: The day the build is about.
--   cost_metric: The measure pages open with and budgets count.
--   show_spaces: What pages open with: shared or all.
--   data_through: Newest day with usage in the bills.
--   first_day: First day of the oldest billing period.
--   shown_from: First day that pages open with.
--   shown_to: Last day that pages open with: the day the build is about, or the end of the newest month with usage.
--   complete_through: Newest day whose usage is all there.
--   is_monthly: Whether the newest bills say nothing of days.
--   now_from: Like for like: first of the month; null where nothing can be compared.
--   now_to: Its newest complete day that the month before has too.
--   then_from: First of the month before.
--   then_to: The day of it with the same number.
--   daily_from: First day that pages know day by day; months before it are known as a whole.
--   is_folded: Whether the first view folds small spaces into one row.
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
    days_shown.complete_through,
    days_shown.is_monthly,
    days_shown.now_from,
    days_shown.now_to,
    days_shown.then_from,
    days_shown.then_to,
    days_shown.daily_from,
    days_shown.is_folded
from core.run as run
cross join days_shown
order by run.build_id
