-- What forecasts of past periods would have said, beside two that people make by hand: the run-rate line and a straight line.
-- computed: backtest from core.scope_history, core.forecast_replay; the select below is its empty shape.
-- grain: scope_id, period_start, period_end, as_of
-- columns:
--   scope_id: Space or domain and currency, as one text.
--   period_start: First day of the past period.
--   period_end: Last day of the past period.
--   as_of: The day it is forecast as on.
--   days_left: Days that were not known then.
--   spent: Spent on the days known then.
--   actual: What the period came to.
--   mean_day: Mean daily spend of the scope up to then, to scale errors with.
--   forecast: What the forecast would have said of the period.
--   forecast_low: Lower end of its 80 % band.
--   forecast_high: Upper end of its 80 % band.
--   run_rate: Spent so far, drawn on in a line.
--   run_rate_low: The same: a line has no band.
--   run_rate_high: The same.
--   ols: Ordinary least squares of the daily spend.
--   ols_low: Lower end of its textbook 80 % band.
--   ols_high: Upper end of its textbook 80 % band.
select
    null::varchar as scope_id,
    null::date as period_start,
    null::date as period_end,
    null::date as as_of,
    null::bigint as days_left,
    null::double as spent,
    null::double as actual,
    null::double as mean_day,
    null::double as forecast,
    null::double as forecast_low,
    null::double as forecast_high,
    null::double as run_rate,
    null::double as run_rate_low,
    null::double as run_rate_high,
    null::double as ols,
    null::double as ols_low,
    null::double as ols_high
where false
