-- The kept lines of Cost and Usage Reports, legacy and 2.0, as delivered; one row per line.
-- loaded: by the load step, one delivery at a time; the select below is its empty shape.
-- columns:
--   source: Name of the billing source in the configuration.
--   billing_period: The delivery's billing period, '2026-09'.
--   delivery_id: Assembly or execution id of the delivery.
--   is_in_scope: False only where the source keeps all lines.
--   line_item_id: Identifies a line inside one delivery only.
--   invoice_id: As delivered (bill_invoice_id).
--   bill_type: As delivered (bill_bill_type).
--   payer_account_id: As delivered (bill_payer_account_id).
--   billing_period_start_at: As delivered (bill_billing_period_start_date).
--   usage_account_id: As delivered (line_item_usage_account_id).
--   line_item_type: As delivered (line_item_line_item_type).
--   usage_start_at: As delivered (line_item_usage_start_date).
--   usage_end_at: As delivered (line_item_usage_end_date).
--   product_code: As delivered (line_item_product_code).
--   usage_type: As delivered (line_item_usage_type).
--   operation: As delivered (line_item_operation).
--   resource_id: As delivered (line_item_resource_id).
--   usage_amount: As delivered (line_item_usage_amount).
--   currency_code: As delivered (line_item_currency_code).
--   unblended_cost: As delivered (line_item_unblended_cost).
--   net_unblended_cost: As delivered (line_item_net_unblended_cost).
--   line_item_description: As delivered (line_item_line_item_description).
--   instance_type: As delivered (product_instance_type).
--   region_code: As delivered (product_region_code).
--   pricing_unit: As delivered (pricing_unit).
--   pricing_term: As delivered (pricing_term).
--   public_on_demand_cost: As delivered (pricing_public_on_demand_cost).
--   reservation_arn: As delivered (reservation_reservation_a_r_n).
--   reservation_effective_cost: As delivered (reservation_effective_cost).
--   reservation_net_effective_cost: As delivered (reservation_net_effective_cost).
--   reservation_unused_amortized_upfront_fee_for_billing_period: As delivered (reservation_unused_amortized_upfront_fee_for_billing_period).
--   reservation_net_unused_amortized_upfront_fee_for_billing_period: As delivered (reservation_net_unused_amortized_upfront_fee_for_billing_period).
--   reservation_unused_recurring_fee: As delivered (reservation_unused_recurring_fee).
--   reservation_net_unused_recurring_fee: As delivered (reservation_net_unused_recurring_fee).
--   savings_plan_arn: As delivered (savings_plan_savings_plan_a_r_n).
--   savings_plan_effective_cost: As delivered (savings_plan_savings_plan_effective_cost).
--   savings_plan_net_effective_cost: As delivered (savings_plan_net_savings_plan_effective_cost).
--   savings_plan_total_commitment_to_date: As delivered (savings_plan_total_commitment_to_date).
--   savings_plan_used_commitment: As delivered (savings_plan_used_commitment).
--   savings_plan_amortized_upfront_commitment_for_billing_period: As delivered (savings_plan_amortized_upfront_commitment_for_billing_period).
--   savings_plan_net_amortized_upfront_commitment_for_billing_period: As delivered (savings_plan_net_amortized_upfront_commitment_for_billing_period).
--   savings_plan_recurring_commitment_for_billing_period: As delivered (savings_plan_recurring_commitment_for_billing_period).
--   savings_plan_net_recurring_commitment_for_billing_period: As delivered (savings_plan_net_recurring_commitment_for_billing_period).
--   space_arn_tag: Value of the sagemaker:space-arn tag as delivered.
--   domain_arn_tag: Value of the sagemaker:domain-arn tag as delivered.
--   user_profile_arn_tag: Value of the sagemaker:user-profile-arn tag as delivered.
--   managed_by_tag: Value of the ManagedByAmazonSageMakerResource tag as delivered.
--   has_savings_plan_costs: Whether the delivered file has a Savings Plan effective cost column, gross or net.
select
    null::varchar as source,
    null::varchar as billing_period,
    null::varchar as delivery_id,
    null::boolean as is_in_scope,
    null::varchar as line_item_id,
    null::varchar as invoice_id,
    null::varchar as bill_type,
    null::varchar as payer_account_id,
    null::timestamp as billing_period_start_at,
    null::varchar as usage_account_id,
    null::varchar as line_item_type,
    null::timestamp as usage_start_at,
    null::timestamp as usage_end_at,
    null::varchar as product_code,
    null::varchar as usage_type,
    null::varchar as operation,
    null::varchar as resource_id,
    null::decimal(38, 12) as usage_amount,
    null::varchar as currency_code,
    null::decimal(38, 12) as unblended_cost,
    null::decimal(38, 12) as net_unblended_cost,
    null::varchar as line_item_description,
    null::varchar as instance_type,
    null::varchar as region_code,
    null::varchar as pricing_unit,
    null::varchar as pricing_term,
    null::decimal(38, 12) as public_on_demand_cost,
    null::varchar as reservation_arn,
    null::decimal(38, 12) as reservation_effective_cost,
    null::decimal(38, 12) as reservation_net_effective_cost,
    null::decimal(38, 12) as reservation_unused_amortized_upfront_fee_for_billing_period,
    null::decimal(38, 12) as reservation_net_unused_amortized_upfront_fee_for_billing_period,
    null::decimal(38, 12) as reservation_unused_recurring_fee,
    null::decimal(38, 12) as reservation_net_unused_recurring_fee,
    null::varchar as savings_plan_arn,
    null::decimal(38, 12) as savings_plan_effective_cost,
    null::decimal(38, 12) as savings_plan_net_effective_cost,
    null::decimal(38, 12) as savings_plan_total_commitment_to_date,
    null::decimal(38, 12) as savings_plan_used_commitment,
    null::decimal(38, 12) as savings_plan_amortized_upfront_commitment_for_billing_period,
    null::decimal(38, 12) as savings_plan_net_amortized_upfront_commitment_for_billing_period,
    null::decimal(38, 12) as savings_plan_recurring_commitment_for_billing_period,
    null::decimal(38, 12) as savings_plan_net_recurring_commitment_for_billing_period,
    null::varchar as space_arn_tag,
    null::varchar as domain_arn_tag,
    null::varchar as user_profile_arn_tag,
    null::varchar as managed_by_tag,
    null::boolean as has_savings_plan_costs
where false
