-- The same from day to day: what is to come through each day after the newest data.
-- computed: forecast from core.scope_history, core.budget_outlook; the select below is its empty shape.
-- grain: period_id, usage_date
-- columns:
--   period_id: Budget and first day of the period, as one text.
--   usage_date: A day of the period after the newest data.
--   rest_to_date: Spend to come through that day.
--   rest_to_date_low: Lower end of the 80 % band.
--   rest_to_date_high: Upper end of the 80 % band.
select
    null::varchar as period_id,
    null::date as usage_date,
    null::double as rest_to_date,
    null::double as rest_to_date_low,
    null::double as rest_to_date_high
where false
