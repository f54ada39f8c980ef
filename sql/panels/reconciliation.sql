-- The bill against the ledger: bill = ledger + outside, by month, source, charge type and currency.
-- columns:
--   billing_period: Billing period.
--   source: Name of the billing source.
--   role: ledger, or compare: reconciled but never added to spend.
--   is_counted: Whether it is added: false of a source that is only compared.
--   charge_type: Line item type; for FOCUS, category and class.
--   billing_currency: Currency of the amounts.
--   bill_billed_cost: Billed cost of every delivered row.
--   ledger_billed_cost: Billed cost in the ledger.
--   outside_billed_cost: Billed cost of rows that are not about SageMaker.
--   difference: bill less ledger less outside.
--   bill_effective_cost: Effective cost of every delivered row.
--   ledger_effective_cost: Effective cost in the ledger.
--   outside_effective_cost: Effective cost outside it.
--   effective_difference: bill less ledger less outside.
--   bill_unblended_cost: Gross unblended cost of every delivered row.
--   row_count: Delivered rows.
--   period_status: open, estimated, final or unknown.
with reconciliation as (
    select * from marts.bill_reconciliation
)

select
    billing_period,
    source,
    role,
    role <> 'compare' as is_counted,
    charge_type,
    billing_currency,
    bill_billed_cost,
    ledger_billed_cost,
    outside_billed_cost,
    difference,
    bill_effective_cost,
    ledger_effective_cost,
    outside_effective_cost,
    effective_difference,
    bill_unblended_cost,
    row_count,
    period_status
from reconciliation
order by billing_period, source, charge_type, billing_currency
