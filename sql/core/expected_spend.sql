-- What each day of a space was expected to cost, told by its own earlier days.
-- computed: expected_range from core.scope_history; the select below is its empty shape.
-- grain: scope_id, usage_date
-- columns:
--   scope_id: Space and currency, as one text.
--   usage_date: UTC date.
--   expected: What the day was expected to cost.
--   expected_low: Lower end of what its history explains.
--   expected_high: Upper end of what its history explains.
select
    null::varchar as scope_id,
    null::date as usage_date,
    null::double as expected,
    null::double as expected_low,
    null::double as expected_high
where false
