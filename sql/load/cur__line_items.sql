-- Sums every delivered row of CUR files by charge type, before scope and attribution. `line.x` is what the file delivers
-- for the raw column x, written in place: amounts are not converted yet and empty text is not null yet, so that a line's
-- fees are read only where a rule asks for them; the two amounts that every rule asks for are converted once. Rows are
-- summed under the delivered words, which are tidied after.
with sums as (
    select
        line.payer_account_id as payer_account_id,
        line.line_item_type as line_item_type,
        line.currency_code as currency_code,
        is_split_cost(line.operation) as is_split,
        is_in_scope(
            line.product_code, line.operation, line.resource_id, nullif(line.space_arn_tag, ''),
            nullif(line.domain_arn_tag, ''), nullif(line.user_profile_arn_tag, ''), nullif(line.managed_by_tag, '')
        ) as is_in_scope,
        count(*) as row_count,
        sum(spaceledger_gross_amount) as unblended_cost,
        sum(coalesce(spaceledger_net_amount, spaceledger_gross_amount)) as cash_cost,
        sum(billed_cost(
            line.line_item_type, line.operation, spaceledger_gross_amount, spaceledger_net_amount
        )) as billed_cost,
        sum(effective_cost(
            line.line_item_type, line.operation, line.product_code, line.line_item_description,
            line.has_savings_plan_costs, spaceledger_gross_amount, spaceledger_net_amount,
            nullif(line.reservation_arn, ''),
            money(line.reservation_effective_cost), money(line.reservation_net_effective_cost),
            money(line.reservation_unused_amortized_upfront_fee_for_billing_period),
            money(line.reservation_net_unused_amortized_upfront_fee_for_billing_period),
            money(line.reservation_unused_recurring_fee), money(line.reservation_net_unused_recurring_fee),
            money(line.savings_plan_effective_cost), money(line.savings_plan_net_effective_cost),
            money(line.savings_plan_total_commitment_to_date), money(line.savings_plan_used_commitment),
            money(line.savings_plan_amortized_upfront_commitment_for_billing_period),
            money(line.savings_plan_net_amortized_upfront_commitment_for_billing_period),
            money(line.savings_plan_recurring_commitment_for_billing_period)
        )) as effective_cost,
        count(*) filter (
            where nullif(line.invoice_id, '') is null and coalesce(nullif(line.bill_type, ''), 'Anniversary') = 'Anniversary'
            and spaceledger_gross_amount <> 0
        ) as uninvoiced_count,
        count(*) filter (
            where date_trunc('month', line.billing_period_start_at) <> (line.delivered_period || '-01')::timestamp
        ) as other_period_count,
        count(*) filter (where line.has_excess_decimals) as excess_count,
        count(spaceledger_gross_amount) as cost_count,
        max(line.usage_start_at) filter (where is_usage_type(line.line_item_type)) as data_through_at
    from (
        select
            *,
            money(line.unblended_cost) as spaceledger_gross_amount,
            money(line.net_unblended_cost) as spaceledger_net_amount
        from delivered as line
    )
    group by all
)

select
    nullif(payer_account_id, '') as payer_account_id,
    case when is_split then 'SplitCostAllocation' else coalesce(nullif(line_item_type, ''), 'Unknown') end as charge_type,
    coalesce(nullif(currency_code, ''), 'XXX') as billing_currency,
    is_in_scope,
    row_count,
    coalesce(unblended_cost, 0) as unblended_cost,
    coalesce(cash_cost, 0) as cash_cost,
    billed_cost,
    effective_cost,
    uninvoiced_count,
    other_period_count,
    excess_count,
    cost_count,
    data_through_at
from sums
