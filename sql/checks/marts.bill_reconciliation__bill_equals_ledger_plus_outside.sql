-- Every dollar is accounted for: bill less ledger less outside is exactly zero, by period, source, charge type and currency.
-- severity: fail
select *
from marts.bill_reconciliation
where difference <> 0 or effective_difference <> 0
