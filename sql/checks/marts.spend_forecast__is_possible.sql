-- A forecast lies in its band, and the band not below what is spent; a month that is over is what it cost.
-- severity: fail
select
    billing_period,
    scope,
    scope_key,
    billing_currency,
    spent,
    forecast_low,
    forecast,
    forecast_high
from marts.spend_forecast
where
    coalesce(forecast_low < spent, true)
    or coalesce(forecast < forecast_low, true)
    or coalesce(forecast > forecast_high, true)
    or (forecast_method = 'month over' and forecast_high <> spent)
