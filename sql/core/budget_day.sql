-- What each budget counts on each day of its periods, zero where nothing came.
-- grain: budget_name, usage_date
-- columns:
--   budget_name: Name of the budget.
--   period_id: Its period.
--   period_start: First day of the period.
--   usage_date: A day of the period.
--   spent: Cost counted on that day, however new the day is.
--   charge_count: Delivered lines counted on that day.
--   plan_to_date: What the plan lets be spent from the period's first day through this one.
with periods as (
    select
        *,
        unnest(dates_of(cast(period_start as timestamp), cast(period_end as timestamp) + interval '1' day)) as usage_date
    from core.budget_period
),

spend as (
    select * from core.scope_spend_daily
)

select
    periods.budget_name,
    periods.period_id,
    periods.period_start,
    periods.usage_date,
    coalesce(spend.spent, 0) as spent,
    coalesce(spend.charge_count, 0) as charge_count,
    case
        -- A custom period may hold no weekday at all.
        when plan_days(periods.plan, periods.period_start, periods.period_end) = 0
            then share_of_days(
                periods.amount,
                plan_days('even', periods.period_start, periods.usage_date),
                plan_days('even', periods.period_start, periods.period_end)
            )
        else share_of_days(
            periods.amount,
            plan_days(periods.plan, periods.period_start, periods.usage_date),
            plan_days(periods.plan, periods.period_start, periods.period_end)
        )
    end as plan_to_date
from periods
left join spend
    on
        periods.scope_arn = spend.scope_arn
        and periods.billing_currency = spend.billing_currency
        and periods.usage_date = spend.usage_date
