-- What each build changed in periods that were published before; kept for ever.
-- loaded: by each build; the select below is its empty shape.
-- grain: build_id, billing_period, space_arn, billing_currency
-- columns:
--   build_id: The build that changed it.
--   built_at: When, UTC.
--   billing_period: Billing period.
--   space_arn: Space; null for cost outside spaces.
--   billing_currency: Currency.
--   cause: delivery, evidence, configuration or code.
--   effective_cost_before: Effective cost in the build before.
--   effective_cost_after: Effective cost in this build.
select
    null::varchar as build_id,
    null::timestamp as built_at,
    null::varchar as billing_period,
    null::varchar as space_arn,
    null::varchar as billing_currency,
    null::varchar as cause,
    null::decimal(38, 12) as effective_cost_before,
    null::decimal(38, 12) as effective_cost_after
where false
