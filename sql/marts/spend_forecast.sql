-- What the month will have cost by its end: of each space and domain, and of what pages add up together. Medians of
-- spaces do not add up to that of their sum.
-- grain: billing_period, scope, scope_key, billing_currency
-- columns:
--   billing_period: The month the build is about, or the newest with usage if that is earlier.
--   scope: space, domain or sum.
--   scope_key: ARN of the space or domain, lower case; of a sum shared, private, spaces or all.
--   billing_currency: Currency of the amounts.
--   cost_metric: The measure that is counted, without tax, credits and unused commitment.
--   spent: Spent in the month through the newest day with data.
--   forecast: Spent, and what is to come by the month's end: as likely to be more as to be less.
--   forecast_low: Lower end of the 80 % band; never below what is spent.
--   forecast_high: Upper end of the 80 % band.
--   forecast_method: How it was forecast, in words; month over where it is all in.
with run as (
    select * from core.run
),

months as (
    select date_trunc('month', least(run.as_of, last_day(freshness.data_through))) as month_start
    from core.bill_freshness as freshness
    cross join run
),

spent as (
    select
        history.scope_id,
        history.scope,
        history.scope_key,
        history.billing_currency,
        cast(months.month_start as date) as month_start,
        sum(
            case
                when
                    history.usage_date >= months.month_start
                    and history.usage_date <= least(last_day(months.month_start), run.as_of)
                    then history.spent
                else 0
            end
        ) as spent,
        -- What the forecast goes by: where one bill lags, no further than that.
        sum(
            case
                when
                    history.usage_date >= months.month_start
                    and history.usage_date <= least(last_day(months.month_start), run.as_of, history.data_through)
                    then history.spent
                else 0
            end
        ) as known
    from core.spend_history as history
    cross join months
    cross join run
    group by
        history.scope_id, history.scope, history.scope_key, history.billing_currency, months.month_start
)

select
    strftime(spent.month_start, '%Y-%m') as billing_period,
    spent.scope,
    spent.scope_key,
    spent.billing_currency,
    run.cost_metric,
    spent.spent,
    greatest(spent.spent, spent.known + coalesce(estimated(forecast.rest), 0)) as forecast,
    greatest(spent.spent, spent.known + coalesce(estimated(forecast.rest_low), 0)) as forecast_low,
    greatest(spent.spent, spent.known + coalesce(estimated(forecast.rest_high), 0)) as forecast_high,
    coalesce(forecast.method, 'month over') as forecast_method
from spent
cross join run
left join core.spend_forecast as forecast on spent.scope_id = forecast.period_id
