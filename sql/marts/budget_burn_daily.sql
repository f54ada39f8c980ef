-- How each budget burns from day to day, beside its plan and its forecast.
-- grain: budget_name, usage_date
-- columns:
--   budget_name: Name of the budget.
--   period_start: First day of the period the day lies in.
--   usage_date: A day of the period.
--   billing_currency: Currency of all amounts.
--   spent_to_date: Spent from the period's first day through this one; on days with is_forecast the middle of the forecast.
--   plan_to_date: What the plan lets be spent through this day.
--   is_forecast: Whether the day lies after the newest data.
--   forecast_low: Lower end of the 80 % band; null on days that are not forecast.
--   forecast_high: Upper end of the 80 % band; null on days that are not forecast.
with run as (
    select * from core.run
),

freshness as (
    select * from core.scope_freshness
),

any_freshness as (
    select * from core.bill_freshness
),

days as (
    select
        days.*,
        periods.billing_currency,
        coalesce(freshness.data_through, any_freshness.data_through, run.as_of) as newest_day,
        sum(days.spent) over (
            partition by days.budget_name, days.period_start
            order by days.usage_date
            rows between unbounded preceding and current row
        ) as running
    from core.budget_day as days
    inner join core.budget_period as periods
        on days.budget_name = periods.budget_name and days.period_start = periods.period_start
    cross join run
    cross join any_freshness
    left join freshness on periods.scope_arn = freshness.scope_arn
)

select
    days.budget_name,
    days.period_start,
    days.usage_date,
    days.billing_currency,
    case
        when days.usage_date <= days.newest_day then cast(days.running as decimal(38, 12))
        else spend.spent + estimated(forecast.rest_to_date)
    end as spent_to_date,
    days.plan_to_date,
    days.usage_date > days.newest_day as is_forecast,
    case when days.usage_date > days.newest_day then spend.spent + estimated(forecast.rest_to_date_low) end
        as forecast_low,
    case when days.usage_date > days.newest_day then spend.spent + estimated(forecast.rest_to_date_high) end
        as forecast_high
from days
inner join core.budget_spend as spend
    on days.budget_name = spend.budget_name and days.period_start = spend.period_start
left join core.budget_forecast_daily as forecast
    on days.period_id = forecast.period_id and days.usage_date = forecast.usage_date
