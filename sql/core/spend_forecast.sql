-- What each space, domain and sum is still to spend in the month on top of what is in the data.
-- computed: spend_forecast from core.spend_history, core.spend_outlook; the select below is its empty shape.
-- grain: period_id
-- columns:
--   period_id: Space, domain or the name of a sum, and the currency, as one text.
--   method: How it was forecast, in words.
--   rest: Spend to come by the month's end: as likely to be more as to be less.
--   rest_low: Lower end of the 80 % band; never below zero.
--   rest_high: Upper end of the 80 % band.
select
    null::varchar as period_id,
    null::varchar as method,
    null::double as rest,
    null::double as rest_low,
    null::double as rest_high
where false
