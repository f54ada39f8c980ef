-- Sums every delivered row of FOCUS files by charge category and class, before scope and attribution. `line.x` is what
-- the file delivers for the raw column x, written in place; empty text is not null yet.
select
    nullif(line.billing_account_id, '') as payer_account_id,
    coalesce(nullif(line.charge_category, ''), 'Unknown') || coalesce(' ' || nullif(line.charge_class, ''), '')
        as charge_type,
    coalesce(nullif(line.billing_currency, ''), 'XXX') as billing_currency,
    is_in_scope(
        focus_service_code(nullif(line.service_code, ''), line.service_name), line.operation, line.resource_id,
        nullif(line.space_arn_tag, ''), nullif(line.domain_arn_tag, ''), nullif(line.user_profile_arn_tag, ''),
        nullif(line.managed_by_tag, '')
    ) as is_in_scope,
    count(*) as row_count,
    sum(coalesce(money(line.billed_cost), 0::decimal(38, 12))) as unblended_cost,
    sum(coalesce(money(line.billed_cost), 0::decimal(38, 12))) as cash_cost,
    sum(coalesce(money(line.billed_cost), 0::decimal(38, 12))) as billed_cost,
    sum(coalesce(money(line.effective_cost), 0::decimal(38, 12))) as effective_cost,
    count(*) filter (where nullif(line.invoice_id, '') is null and money(line.billed_cost) <> 0) as uninvoiced_count,
    count(*) filter (
        where date_trunc('month', line.billing_period_start_at) <> (line.delivered_period || '-01')::timestamp
    ) as other_period_count,
    count(*) filter (where line.has_excess_decimals) as excess_count,
    count(money(line.billed_cost)) filter (where money(line.effective_cost) is not null) as cost_count,
    max(line.charge_period_start_at) filter (
        where line.charge_category = 'Usage' and coalesce(line.commitment_discount_status, '') <> 'Unused'
    ) as data_through_at
from delivered as line
group by all
