-- The bill against the ledger, by month and source: bill = ledger + outside.
select
    billing_period,
    source,
    role,
    billing_currency,
    sum(row_count) as row_count,
    sum(bill_unblended_cost) as bill_unblended_cost,
    sum(bill_billed_cost) as bill_billed_cost,
    sum(ledger_billed_cost) as ledger_billed_cost,
    sum(outside_billed_cost) as outside_billed_cost,
    sum(difference) as difference,
    sum(effective_difference) as effective_difference,
    min(period_status) as period_status
from marts.bill_reconciliation
group by billing_period, source, role, billing_currency
order by billing_period asc, source asc, billing_currency asc
