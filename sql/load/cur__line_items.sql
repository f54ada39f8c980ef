-- Sums every delivered row of CUR files by charge type, before scope and attribution. Amounts are
-- converted here, inside the rules, so that a line's fees are read only where a rule asks for them.
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
    sum(coalesce(money(unblended_cost), 0::decimal(38, 12))) as unblended_cost,
    sum(coalesce(money(net_unblended_cost), money(unblended_cost), 0::decimal(38, 12))) as cash_cost,
    sum(billed_cost(line_item_type, operation, money(unblended_cost), money(net_unblended_cost))) as billed_cost,
    sum(effective_cost(
        line_item_type, operation, product_code, line_item_description, has_savings_plan_costs, money(unblended_cost),
        money(net_unblended_cost), reservation_arn, money(reservation_effective_cost), money(reservation_net_effective_cost),
        money(reservation_unused_amortized_upfront_fee_for_billing_period),
        money(reservation_net_unused_amortized_upfront_fee_for_billing_period),
        money(reservation_unused_recurring_fee), money(reservation_net_unused_recurring_fee),
        money(savings_plan_effective_cost), money(savings_plan_net_effective_cost),
        money(savings_plan_total_commitment_to_date), money(savings_plan_used_commitment),
        money(savings_plan_amortized_upfront_commitment_for_billing_period),
        money(savings_plan_net_amortized_upfront_commitment_for_billing_period),
        money(savings_plan_recurring_commitment_for_billing_period)
    )) as effective_cost,
    count(*) filter (
        where invoice_id is null and coalesce(bill_type, 'Anniversary') = 'Anniversary' and money(unblended_cost) <> 0
    ) as uninvoiced_count,
    count(*) filter (
        where date_trunc('month', billing_period_start_at) <> (delivered_period || '-01')::timestamp
    ) as other_period_count,
    count(*) filter (where has_excess_decimals) as excess_count,
    max(usage_start_at) filter (where is_usage_type(line_item_type)) as data_through_at
from delivered
group by all
