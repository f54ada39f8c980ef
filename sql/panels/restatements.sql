-- What each build changed in months that were published before.
-- columns:
--   build_id: The build that changed it.
--   built_at: When, UTC.
--   billing_period: Billing period.
--   space_arn: Space, lower case; null for cost outside spaces.
--   domain_arn: Its domain, lower case; null for cost outside spaces.
--   account_id: Its account; null for cost outside spaces.
--   billing_currency: Currency of the amounts.
--   cause: delivery, evidence, configuration or code.
--   effective_cost_before: Effective cost in the build before.
--   effective_cost_after: Effective cost in this build.
--   effective_cost_change: The second less the first.
with restatements as (
    select * from marts.restatements
)

select
    build_id,
    built_at,
    billing_period,
    space_arn,
    domain_arn_of(space_arn) as domain_arn,
    arn_account_id(space_arn) as account_id,
    billing_currency,
    cause,
    effective_cost_before,
    effective_cost_after,
    coalesce(effective_cost_after, 0) - coalesce(effective_cost_before, 0) as effective_cost_change
from restatements
order by build_id, billing_period, space_arn, billing_currency
