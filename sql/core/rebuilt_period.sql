-- The billing periods this build made anew.
-- loaded: anew by each build; the select below is its empty shape.
-- grain: billing_period
-- columns:
--   billing_period: Billing period.
--   cause: delivery, evidence, configuration or code.
select
    null::varchar as billing_period,
    null::varchar as cause
where false
