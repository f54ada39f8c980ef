-- Spend of each resource by billing period, with how it was attributed; one row per combination of the grain.
-- grain: billing_period, account_id, region, resource_id, spend_category, space_arn, attribution_method, billing_currency
-- partition: billing_period
-- columns:
--   billing_period: Billing period.
--   account_id: Account that used it.
--   region: AWS region.
--   resource_id: Resource, spelled as delivered; null for charges without one.
--   spend_category: What the money went to, from a closed list.
--   space_arn: Space, lower case; null for cost outside spaces.
--   space_name: Name of that space.
--   attribution_method: The rule that attributed it.
--   billing_currency: Currency of the amounts.
--   instance_type: ML instance type, one example.
--   attribution_evidence: One example of the evidence.
--   evidence_count: How many different pieces of evidence there are.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: Cost at on-demand list prices.
--   usage_hours: Hours used, where the unit is hours.
--   charge_count: Delivered lines.
with charges as (
    select * from core.charge
    where role = 'ledger'
),

spaces as (
    select * from core.known_space
)

select
    charges.billing_period,
    charges.account_id,
    charges.region,
    charges.resource_id,
    charges.spend_category,
    charges.space_arn,
    max(spaces.space_name) as space_name,
    charges.attribution_method,
    charges.billing_currency,
    min(charges.instance_type) as instance_type,
    min(charges.attribution_evidence) as attribution_evidence,
    count(distinct charges.attribution_evidence) as evidence_count,
    sum(charges.billed_cost) as billed_cost,
    sum(charges.effective_cost) as effective_cost,
    sum(charges.amortized_cost) as amortized_cost,
    sum(charges.list_cost) as list_cost,
    sum(charges.usage_hours) as usage_hours,
    count(*) as charge_count
from charges
left join spaces on charges.space_arn = spaces.space_arn
group by
    charges.billing_period,
    charges.account_id,
    charges.region,
    charges.resource_id,
    charges.spend_category,
    charges.space_arn,
    charges.attribution_method,
    charges.billing_currency
