-- Which days pages show, and whether their first view folds small spaces into one row; one row.
-- columns:
--   data_through: Newest day with usage that every bill has reached; null without a bill.
--   first_day: First day of the oldest billing period.
--   recent_from: First of the last 92 days.
--   shown_to: Last day that pages open with: the day the build is about, or the end of the newest month with usage.
--   daily_from: First day known day by day: the first of the month that holds recent_from.
--   is_folded: Whether there are too many spaces to show each in the first view.
with newest as (
    select * from core.recent_days
),

freshness as (
    select * from core.bill_freshness
),

periods as (
    select cast(min(billing_period) || '-01' as date) as first_day from marts.deliveries
    where is_current
),

spaces as (
    select count(*) as space_count from marts.spaces
)

select
    freshness.data_through,
    coalesce(periods.first_day, newest.days_from) as first_day,
    newest.newest_date - 91 as recent_from,
    least(run.as_of, last_day(newest.newest_date)) as shown_to,
    newest.days_from as daily_from,
    spaces.space_count > 60 as is_folded
from newest
cross join freshness
cross join periods
cross join spaces
cross join core.run as run
