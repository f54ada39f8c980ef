-- What each budget has spent in each of its periods through the day the build is about.
-- grain: budget_name, period_start
-- columns:
--   budget_name: Name of the budget.
--   period_start: First day of the period.
--   spent: Cost counted through the day the build is about.
--   charge_count: Delivered lines counted.
--   breached_on: First day through which the amount was reached; null where it was not.
with run as (
    select * from core.run
),

days as (
    select
        budget_day.*,
        sum(budget_day.spent) over (
            partition by budget_day.budget_name, budget_day.period_start
            order by budget_day.usage_date
            rows between unbounded preceding and current row
        ) as spent_to_date
    from core.budget_day as budget_day
    cross join run
    where budget_day.usage_date <= run.as_of
)

select
    periods.budget_name,
    periods.period_start,
    cast(coalesce(sum(days.spent), 0) as decimal(38, 12)) as spent,
    cast(coalesce(sum(days.charge_count), 0) as bigint) as charge_count,
    -- Refunds may take what is spent below the amount again; then it is not breached.
    case
        when coalesce(sum(days.spent), 0) >= min(periods.amount)
            then min(case when days.spent_to_date >= periods.amount then days.usage_date end)
    end as breached_on
from core.budget_period as periods
left join days
    on periods.budget_name = days.budget_name and periods.period_start = days.period_start
group by periods.budget_name, periods.period_start
