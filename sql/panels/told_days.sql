-- The days that trails tell of, by account: on any other day silence means nothing. Before the days that pages know one by
-- one a row stands for a month.
-- columns:
--   activity_date: UTC date; the first of the month where the row stands for one.
--   account_id: Account.
with days as (
    select distinct
        case
            when coverage.told_date < days_shown.daily_from then cast(date_trunc('month', coverage.told_date) as date)
            else coverage.told_date
        end as activity_date,
        coverage.account_id
    from core.trail_coverage as coverage
    cross join days_shown
)

select
    activity_date,
    account_id
from days
order by account_id, activity_date
