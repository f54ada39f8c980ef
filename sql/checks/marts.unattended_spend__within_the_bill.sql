-- The range is one, and no more than was billed for the resource in its window.
-- severity: fail
with billed as (
    select
        space_arn,
        resource_id,
        billing_currency,
        usage_date,
        greatest(billed_cost, effective_cost, amortized_cost, list_cost, 0) as cost
    from core.charge
    where role = 'ledger' and is_usage
)

select
    mart.space_arn,
    mart.resource_id,
    mart.cost_low,
    mart.cost_high,
    sum(billed.cost) as billed_cost
from marts.unattended_spend as mart
left join billed
    on
        mart.space_arn = billed.space_arn
        and lower(mart.resource_id) = lower(billed.resource_id)
        and mart.billing_currency = billed.billing_currency
        and billed.usage_date between mart.window_start and mart.window_end
group by mart.space_arn, mart.resource_id, mart.billing_currency, mart.cost_low, mart.cost_high, mart.unattended_days
having
    mart.unattended_days > 30
    or mart.cost_high > coalesce(sum(billed.cost), 0)
    or mart.cost_low > mart.cost_high
