-- What the current delivery of each period says of each of its days of usage.
-- grain: source, billing_period, usage_date
-- partition: billing_period
-- columns:
--   source: Name of the billing source.
--   billing_period: Billing period.
--   delivery_id: Assembly or execution id.
--   usage_date: UTC date the usage began.
--   effective_cost: Effective cost of the priced usage in the ledger on that day, of all currencies; only ever compared with itself.
select
    source,
    billing_period,
    max(delivery_id) as delivery_id,
    usage_date,
    sum(effective_cost) as effective_cost
from core.charge
where role = 'ledger' and is_usage
group by source, billing_period, usage_date
