-- What each build changed in periods that were published before; kept for ever.
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
    build_id,
    built_at,
    billing_period,
    space_arn,
    billing_currency,
    cause,
    effective_cost_before,
    effective_cost_after
from raw.restatements
