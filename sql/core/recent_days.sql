-- Which days pages show one by one; before them a row stands for a month. Whole months, so that none is half of each; one
-- row.
-- columns:
--   newest_date: How far the bills reach; without a bill the newest call, else the day the build is about.
--   days_from: First date shown by itself: the first of the month 92 days reach back to.
with calls as (
    select max(activity_date) as newest_date from core.activity
),

newest as (
    select coalesce(freshness.data_through, least(calls.newest_date, run.as_of), run.as_of) as newest_date
    from core.run
    left join core.bill_freshness as freshness on true
    left join calls on true
)

select
    newest_date,
    cast(date_trunc('month', newest_date - 91) as date) as days_from
from newest
