-- Kept FOCUS rows in the terms every format shares; one row per row.
-- columns:
--   source: Name of the billing source.
--   billing_period: Billing period of the delivery.
--   delivery_id: Delivery the row came with.
--   line_item_id: Null: FOCUS rows have no id.
--   invoice_id: Invoice, once there is one.
--   account_id: Account that used it.
--   region: AWS region.
--   service_code: AWS service code.
--   usage_type: AWS usage type, where the export has it.
--   operation: AWS operation.
--   instance_type: ML instance type.
--   purchase_option: On-Demand, Spot, Savings Plan or Reserved; null where nothing was used.
--   charge_type: ChargeCategory with ChargeClass, or unused commitment.
--   charge_category: FOCUS charge category.
--   charge_description: Charge description.
--   resource_id: Resource, spelled as delivered.
--   space_arn_tag: Space tag, spelled as delivered.
--   domain_arn_tag: Domain tag, spelled as delivered.
--   user_profile_arn_tag: User-profile tag, spelled as delivered.
--   managed_by_tag: ManagedByAmazonSageMakerResource tag, spelled as delivered.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Effective cost: the format has no cost before negotiated discounts.
--   list_cost: FOCUS ListCost of usage that is not unused commitment.
--   usage_hours: Hours used, where the unit is hours.
--   is_usage: Whether the row is usage that is not unused commitment.
--   usage_start_at: When the charge period began, UTC.
--   usage_end_at: When it ended, UTC.
with rows as (
    select
        *,
        coalesce(charge_category, 'Unknown') || coalesce(' ' || charge_class, '') as delivered_charge_type,
        coalesce(commitment_discount_status = 'Unused', false) as is_unused,
        focus_service_code(service_code, service_name) as code
    from raw.focus__line_items
    where is_in_scope
)

select
    source,
    billing_period,
    delivery_id,
    null::varchar as line_item_id,
    invoice_id,
    coalesce(sub_account_id, billing_account_id) as account_id,
    coalesce(region_id, arn_region(resource_id)) as region,
    code as service_code,
    usage_type,
    operation,
    coalesce(instance_type_of(usage_type), nullif(regexp_extract(instance_type, '^ml\.[a-z0-9-]+\.[a-z0-9]+'), ''))
        as instance_type,
    case
        when coalesce(charge_category, '') <> 'Usage' or is_unused then null
        when commitment_discount_type = 'Savings Plan' or contains(commitment_discount_id, ':savingsplan/')
            then 'Savings Plan'
        when commitment_discount_id is not null then 'Reserved'
        when contains(usage_type, 'TrSpt') or pricing_category = 'Dynamic' then 'Spot'
        else 'On-Demand'
    end as purchase_option,
    case when is_unused then 'unused commitment' else delivered_charge_type end as charge_type,
    coalesce(charge_category, 'Adjustment') as charge_category,
    charge_description,
    resource_id,
    space_arn_tag,
    domain_arn_tag,
    user_profile_arn_tag,
    managed_by_tag,
    coalesce(billing_currency, 'XXX') as billing_currency,
    coalesce(billed_cost, 0::decimal(38, 12)) as billed_cost,
    coalesce(effective_cost, 0::decimal(38, 12)) as effective_cost,
    coalesce(effective_cost, 0::decimal(38, 12)) as amortized_cost,
    case
        when charge_category = 'Usage' and not is_unused then list_cost
        else 0::decimal(38, 12)
    end as list_cost,
    case
        when charge_category = 'Usage' and not is_unused and is_hours(consumed_unit)
            then coalesce(consumed_quantity, 0::decimal(38, 12))
        else 0::decimal(38, 12)
    end as usage_hours,
    coalesce(charge_category = 'Usage', false) and not is_unused as is_usage,
    charge_period_start_at as usage_start_at,
    charge_period_end_at as usage_end_at
from rows
