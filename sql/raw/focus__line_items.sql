-- The kept rows of FOCUS exports, as delivered; one row per row.
-- loaded: by the load step, one delivery at a time; the select below is its empty shape.
-- columns:
--   source: Name of the billing source in the configuration.
--   billing_period: The delivery's billing period, '2026-09'.
--   delivery_id: Assembly or execution id of the delivery.
--   is_in_scope: False only where the source keeps all lines.
--   space_arn_tag: Value of the sagemaker:space-arn tag as delivered.
--   domain_arn_tag: Value of the sagemaker:domain-arn tag as delivered.
--   user_profile_arn_tag: Value of the sagemaker:user-profile-arn tag as delivered.
--   managed_by_tag: Value of the ManagedByAmazonSageMakerResource tag as delivered.
--   charge_category: As delivered (charge_category).
--   charge_class: As delivered (charge_class).
--   charge_description: As delivered (charge_description).
--   charge_frequency: As delivered (charge_frequency).
--   billing_account_id: As delivered (billing_account_id).
--   billing_period_start_at: As delivered (billing_period_start).
--   sub_account_id: As delivered (sub_account_id).
--   invoice_id: As delivered (invoice_id).
--   charge_period_start_at: As delivered (charge_period_start).
--   charge_period_end_at: As delivered (charge_period_end).
--   billed_cost: As delivered (billed_cost).
--   effective_cost: As delivered (effective_cost).
--   list_cost: As delivered (list_cost).
--   billing_currency: As delivered (billing_currency).
--   service_code: As delivered (x_service_code).
--   service_name: As delivered (service_name).
--   usage_type: As delivered (x_usage_type).
--   operation: As delivered (x_operation).
--   resource_id: As delivered (resource_id).
--   region_id: As delivered (region_id).
--   consumed_quantity: As delivered (consumed_quantity).
--   consumed_unit: As delivered (consumed_unit).
--   pricing_category: As delivered (pricing_category).
--   commitment_discount_id: As delivered (commitment_discount_id).
--   commitment_discount_status: As delivered (commitment_discount_status).
--   commitment_discount_type: As delivered (commitment_discount_type).
--   instance_type: As delivered (sku_price_details{InstanceType}).
select
    null::varchar as source,
    null::varchar as billing_period,
    null::varchar as delivery_id,
    null::boolean as is_in_scope,
    null::varchar as space_arn_tag,
    null::varchar as domain_arn_tag,
    null::varchar as user_profile_arn_tag,
    null::varchar as managed_by_tag,
    null::varchar as charge_category,
    null::varchar as charge_class,
    null::varchar as charge_description,
    null::varchar as charge_frequency,
    null::varchar as billing_account_id,
    null::timestamp as billing_period_start_at,
    null::varchar as sub_account_id,
    null::varchar as invoice_id,
    null::timestamp as charge_period_start_at,
    null::timestamp as charge_period_end_at,
    null::decimal(38, 12) as billed_cost,
    null::decimal(38, 12) as effective_cost,
    null::decimal(38, 12) as list_cost,
    null::varchar as billing_currency,
    null::varchar as service_code,
    null::varchar as service_name,
    null::varchar as usage_type,
    null::varchar as operation,
    null::varchar as resource_id,
    null::varchar as region_id,
    null::decimal(38, 12) as consumed_quantity,
    null::varchar as consumed_unit,
    null::varchar as pricing_category,
    null::varchar as commitment_discount_id,
    null::varchar as commitment_discount_status,
    null::varchar as commitment_discount_type,
    null::varchar as instance_type
where false
