-- The last day of a budget's burn is its forecast, or what is spent where nothing is to come, and its plan is the amount.
-- severity: fail
with last_days as (
    select
        *,
        row_number() over (partition by budget_name, period_start order by usage_date desc) as day_rank
    from marts.budget_burn_daily
),

ends as (
    select * from last_days
    where day_rank = 1
)

select
    coalesce(status.budget_name, ends.budget_name) as budget_name,
    coalesce(status.period_start, ends.period_start) as period_start,
    ends.usage_date,
    ends.spent_to_date,
    status.forecast,
    ends.plan_to_date,
    status.amount
from marts.budget_status as status
full join ends
    on status.budget_name = ends.budget_name and status.period_start = ends.period_start
where
    ends.budget_name is null
    or status.budget_name is null
    or ends.usage_date <> status.period_end
    or ends.plan_to_date <> status.amount
    or (ends.is_forecast and ends.spent_to_date <> status.forecast)
    or (not ends.is_forecast and ends.spent_to_date <> status.spent)
