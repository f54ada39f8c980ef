-- Every budget of now: what is spent and forecast of it, whether it holds, and how good such forecasts were.
select
    status.budget_name,
    status.period_start,
    status.period_end,
    status.status,
    status.amount,
    status.spent,
    status.remaining,
    status.forecast,
    status.forecast_low,
    status.forecast_high,
    status.billing_currency,
    round(status.burn_ratio, 3) as burn_ratio,
    round(status.elapsed_ratio, 3) as elapsed_ratio,
    round(status.breach_probability, 3) as breach_probability,
    status.breach_date,
    round(accuracy.error_ratio, 3) as past_error_ratio,
    accuracy.within_count || ' of ' || accuracy.period_count as within_it
from marts.budget_status as status
left join marts.forecast_accuracy as accuracy
    on
        status.scope_arn = accuracy.scope_arn
        and status.billing_currency = accuracy.billing_currency
        and status.period = accuracy.period
where status.period_end >= status.as_of
order by
    list_position(['breached', 'breach_forecast', 'watch', 'ok', 'no_data', 'unknown_scope'], status.status) asc,
    status.burn_ratio desc nulls last,
    status.budget_name asc
