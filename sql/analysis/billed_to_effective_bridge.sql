-- From the invoice to effective cost: what each charge type adds or takes away, ledger and outside apart.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    source,
    charge_type,
    billing_currency,
    bill_billed_cost,
    bill_effective_cost,
    bill_effective_cost - bill_billed_cost as step,
    ledger_billed_cost,
    ledger_effective_cost,
    ledger_effective_cost - ledger_billed_cost as ledger_step
from marts.bill_reconciliation
where role = 'ledger' and billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
order by source asc, abs(bill_effective_cost - bill_billed_cost) desc, charge_type asc
