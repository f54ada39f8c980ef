-- Every currency of the bills, the one with the most lines first.
-- columns:
--   billing_currency: Currency of amounts; amounts of two are never added.
--   row_count: Lines of the bills in it.
select
    billing_currency,
    sum(row_count) as row_count
from marts.bill_reconciliation
where billing_currency is not null
group by billing_currency
order by row_count desc, billing_currency asc
