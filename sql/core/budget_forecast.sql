-- What each budget's period is still to spend on top of what is in the data.
-- computed: forecast from core.scope_history, core.budget_outlook; the select below is its empty shape.
-- grain: period_id
-- columns:
--   period_id: Budget and first day of the period, as one text.
--   method: How it was forecast, in words.
--   rest: Spend to come by the period's end: as likely to be more as to be less.
--   rest_low: Lower end of the 80 % band; never below zero.
--   rest_high: Upper end of the 80 % band.
--   breach_probability: Share of the simulated courses that reach the amount.
--   breach_date: First day the middle course reaches the amount; null where it does not.
select
    null::varchar as period_id,
    null::varchar as method,
    null::double as rest,
    null::double as rest_low,
    null::double as rest_high,
    null::double as breach_probability,
    null::date as breach_date
where false
