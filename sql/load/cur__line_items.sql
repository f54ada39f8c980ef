-- Sums every delivered row of one CUR chunk by charge type, before scope and attribution.
select
    payer_account_id,
    case
        when is_split_cost(operation) then 'SplitCostAllocation'
        else coalesce(line_item_type, 'Unknown')
    end as charge_type,
    coalesce(currency_code, 'XXX') as billing_currency,
    is_in_scope(
        product_code, operation, resource_id, space_arn_tag, domain_arn_tag, user_profile_arn_tag,
        managed_by_tag
    ) as is_in_scope,
    count(*) as row_count,
    sum(coalesce(unblended_cost, 0::decimal(38, 12))) as unblended_cost,
    sum(coalesce(net_unblended_cost, unblended_cost, 0::decimal(38, 12))) as cash_cost,
    sum(billed_cost(line_item_type, operation, unblended_cost, net_unblended_cost)) as billed_cost,
    sum(effective_cost(
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
    )) as effective_cost,
    count(*) filter (
        where invoice_id is null and coalesce(bill_type, 'Anniversary') = 'Anniversary' and unblended_cost <> 0
    ) as uninvoiced_count,
    count(*) filter (
        where date_trunc('month', billing_period_start_at) <> (delivered_period || '-01')::timestamp
    ) as other_period_count,
    count(*) filter (where has_excess_decimals) as excess_count,
    max(usage_start_at) filter (where is_usage_type(line_item_type)) as data_through_at
from delivered
group by all
