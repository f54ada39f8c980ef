-- Sums every delivered row of FOCUS files by charge category and class, before scope and attribution.
select
    billing_account_id as payer_account_id,
    coalesce(charge_category, 'Unknown') || coalesce(' ' || charge_class, '') as charge_type,
    coalesce(billing_currency, 'XXX') as billing_currency,
    is_in_scope(
        focus_service_code(service_code, service_name), operation, resource_id, space_arn_tag,
        domain_arn_tag, user_profile_arn_tag, managed_by_tag
    ) as is_in_scope,
    count(*) as row_count,
    sum(coalesce(money(billed_cost), 0::decimal(38, 12))) as unblended_cost,
    sum(coalesce(money(billed_cost), 0::decimal(38, 12))) as cash_cost,
    sum(coalesce(money(billed_cost), 0::decimal(38, 12))) as billed_cost,
    sum(coalesce(money(effective_cost), 0::decimal(38, 12))) as effective_cost,
    count(*) filter (where invoice_id is null and money(billed_cost) <> 0) as uninvoiced_count,
    count(*) filter (
        where date_trunc('month', billing_period_start_at) <> (delivered_period || '-01')::timestamp
    ) as other_period_count,
    count(*) filter (where has_excess_decimals) as excess_count,
    max(charge_period_start_at) filter (
        where charge_category = 'Usage' and coalesce(commitment_discount_status, '') <> 'Unused'
    ) as data_through_at
from delivered
group by all
