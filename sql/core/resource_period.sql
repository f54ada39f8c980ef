-- Which resources each billing period has, and which spaces their tags name; one row per period, resource and tag.
-- grain: billing_period, resource_key, tagged_space_arn
-- partition: billing_period
-- columns:
--   billing_period: Billing period.
--   resource_key: Resource as a key.
--   resource_id: That resource as delivered, one spelling.
--   tagged_space_arn: Space its tag names; null for lines without one.
--   tagged_space_name: That name as the tag spells it, one spelling.
--   first_usage_at: Start of the earliest such line, UTC.
--   last_usage_at: Start of the latest such line, UTC.
--   charge_count: Such lines.
select
    billing_period,
    resource_key,
    min(resource_id) as resource_id,
    tagged_space_arn,
    min(tagged_space_name) as tagged_space_name,
    min(usage_start_at) as first_usage_at,
    max(usage_start_at) as last_usage_at,
    count(*) as charge_count
from staging.charges
where role = 'ledger' and (resource_key is not null or tagged_space_arn is not null)
group by billing_period, resource_key, tagged_space_arn
