-- What builds changed in months of each space that were published before.
-- shard: space_arn
-- columns:
--   build_id: The build that changed it.
--   built_at: When, UTC.
--   billing_period: Billing period.
--   space_arn: Space, lower case.
--   billing_currency: Currency of the amounts.
--   cause: delivery, evidence, configuration or code.
--   effective_cost_before: Effective cost in the build before.
--   effective_cost_after: Effective cost in this build.
--   effective_cost_change: The second less the first.
with restatements as (
    select * from marts.restatements
    where space_arn is not null
)

select
    build_id,
    built_at,
    billing_period,
    space_arn,
    billing_currency,
    cause,
    effective_cost_before,
    effective_cost_after,
    coalesce(effective_cost_after, 0) - coalesce(effective_cost_before, 0) as effective_cost_change
from restatements
order by space_arn, build_id, billing_period, billing_currency
