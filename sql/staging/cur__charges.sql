-- Kept CUR lines with their measures, in the terms every format shares; one row per line.
-- columns:
--   source: Name of the billing source.
--   billing_period: Billing period of the delivery.
--   delivery_id: Delivery the line came with.
--   line_item_id: Identifies a line inside one delivery only.
--   invoice_id: Invoice, once there is one.
--   account_id: Account that used it.
--   region: AWS region.
--   service_code: AWS product code.
--   usage_type: AWS usage type.
--   operation: AWS operation.
--   instance_type: ML instance type.
--   purchase_option: On-Demand, Spot, Savings Plan or Reserved; null where nothing was used.
--   charge_type: Line item type.
--   charge_category: FOCUS charge category.
--   charge_description: Line item description.
--   resource_id: Resource, spelled as delivered.
--   space_arn_tag: Space tag, spelled as delivered.
--   domain_arn_tag: Domain tag, spelled as delivered.
--   user_profile_arn_tag: User-profile tag, spelled as delivered.
--   managed_by_tag: ManagedByAmazonSageMakerResource tag, spelled as delivered.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: On-demand list price of what was used.
--   usage_hours: Hours used, where the unit is hours.
--   is_usage: Whether the line is usage that was priced (three usage types).
--   usage_start_at: When the usage began, UTC.
--   usage_end_at: When it ended, UTC.
select
    source,
    billing_period,
    delivery_id,
    line_item_id,
    invoice_id,
    coalesce(usage_account_id, payer_account_id) as account_id,
    coalesce(region_code, arn_region(resource_id)) as region,
    product_code as service_code,
    usage_type,
    operation,
    coalesce(instance_type_of(usage_type), nullif(regexp_extract(instance_type, '^ml\.[a-z0-9-]+\.[a-z0-9]+'), ''))
        as instance_type,
    purchase_option_of(line_item_type, usage_type, pricing_term) as purchase_option,
    coalesce(line_item_type, 'Unknown') as charge_type,
    charge_category(coalesce(line_item_type, 'Unknown')) as charge_category,
    line_item_description as charge_description,
    resource_id,
    space_arn_tag,
    domain_arn_tag,
    user_profile_arn_tag,
    managed_by_tag,
    coalesce(currency_code, 'XXX') as billing_currency,
    billed_cost(line_item_type, operation, unblended_cost, net_unblended_cost) as billed_cost,
    effective_cost(
        line_item_type, operation, product_code, line_item_description, has_savings_plan_costs, unblended_cost,
        net_unblended_cost, reservation_arn, reservation_effective_cost, reservation_net_effective_cost,
        reservation_unused_amortized_upfront_fee_for_billing_period,
        reservation_net_unused_amortized_upfront_fee_for_billing_period,
        reservation_unused_recurring_fee, reservation_net_unused_recurring_fee,
        savings_plan_effective_cost, savings_plan_net_effective_cost,
        savings_plan_total_commitment_to_date, savings_plan_used_commitment,
        savings_plan_amortized_upfront_commitment_for_billing_period,
        savings_plan_net_amortized_upfront_commitment_for_billing_period,
        savings_plan_recurring_commitment_for_billing_period
    ) as effective_cost,
    amortized_cost(
        line_item_type, operation, product_code, line_item_description, has_savings_plan_costs, unblended_cost,
        reservation_arn, reservation_effective_cost,
        reservation_unused_amortized_upfront_fee_for_billing_period, reservation_unused_recurring_fee,
        savings_plan_effective_cost, savings_plan_total_commitment_to_date, savings_plan_used_commitment
    ) as amortized_cost,
    case when is_usage_type(line_item_type) then public_on_demand_cost else 0::decimal(38, 12) end as list_cost,
    case
        when is_usage_type(line_item_type) and is_hours(pricing_unit)
            then coalesce(usage_amount, 0::decimal(38, 12))
        else 0::decimal(38, 12)
    end as usage_hours,
    is_usage_type(line_item_type) as is_usage,
    usage_start_at,
    usage_end_at
from raw.cur__line_items
where is_in_scope
