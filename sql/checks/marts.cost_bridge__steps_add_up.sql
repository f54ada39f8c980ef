-- Each total of the bridge from invoice to usage is the total before it and the steps between; the first is the bill, the
-- last what coverage is measured by.
-- severity: fail
with bridge as (
    select
        *,
        sum(case when is_total and position > 1 then 0 else amount end)
            over (partition by billing_period, source, billing_currency order by position) as running
    from marts.cost_bridge
),

usage_in_bridge as (
    select
        billing_period,
        billing_currency,
        sum(amount) as amount
    from marts.cost_bridge
    where position = 15
    group by billing_period, billing_currency
),

usage_in_coverage as (
    select
        billing_period,
        billing_currency,
        sum(effective_cost) as amount
    from marts.attribution_coverage
    where
        attribution_method in (
            'space_tag', 'space_resource', 'space_history', 'space_event', 'user_profile', 'domain', 'unattributed'
        )
    group by billing_period, billing_currency
),

bills as (
    select
        billing_period,
        source,
        billing_currency,
        sum(bill_billed_cost) as amount
    from marts.bill_reconciliation
    where role = 'ledger'
    group by billing_period, source, billing_currency
)

select
    billing_period,
    source,
    billing_currency,
    step,
    amount,
    running as expected
from bridge
where is_total and running <> amount
union all
select
    bills.billing_period,
    bills.source,
    bills.billing_currency,
    'invoice' as step,
    bridge.amount,
    bills.amount as expected
from bills
left join bridge
    on
        bills.billing_period = bridge.billing_period
        and bills.source = bridge.source
        and bills.billing_currency = bridge.billing_currency
        and bridge.position = 1
where bridge.amount is null or bridge.amount <> bills.amount
union all
select
    coalesce(usage_in_bridge.billing_period, usage_in_coverage.billing_period) as billing_period,
    null as source,
    coalesce(usage_in_bridge.billing_currency, usage_in_coverage.billing_currency) as billing_currency,
    'effective cost of usage' as step,
    usage_in_bridge.amount,
    usage_in_coverage.amount as expected
from usage_in_bridge
full join usage_in_coverage
    on
        usage_in_bridge.billing_period = usage_in_coverage.billing_period
        and usage_in_bridge.billing_currency = usage_in_coverage.billing_currency
where coalesce(usage_in_bridge.amount, 0) <> coalesce(usage_in_coverage.amount, 0)
