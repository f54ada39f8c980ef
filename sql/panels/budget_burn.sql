-- What is spent, planned and forecast through each day of each budget whose period runs or is still to come.
-- shard: budget_number
-- columns:
--   budget_number: The budget, as `budgets` numbers it.
--   day: Through this day.
--   spent_to_date: Spent, or forecast to be.
--   plan_to_date: What the plan lets be spent.
--   is_forecast: Whether the day is still to come.
--   forecast_low: Lower end of the 80 % band.
--   forecast_high: Upper end of the 80 % band.
with budgets as (
    select * from budget_rows
)

select
    budgets.budget_number,
    burn.usage_date as day,
    burn.spent_to_date,
    burn.plan_to_date,
    burn.is_forecast,
    burn.forecast_low,
    burn.forecast_high
from marts.budget_burn_daily as burn
inner join budgets on burn.budget_name = budgets.budget_name and burn.period_start = budgets.period_start
order by budgets.budget_number, burn.usage_date
