-- Every currency of bills and budgets, the one with the most lines first.
-- columns:
--   billing_currency: Currency of amounts; amounts of two are never added.
--   row_count: Lines of the bills in it.
with currencies as (
    select
        billing_currency,
        row_count
    from marts.bill_reconciliation
    union all
    -- A budget in a currency that no bill has is shown all the same.
    select
        billing_currency,
        0 as row_count
    from marts.budget_status
    union all
    select
        billing_currency,
        0 as row_count
    from marts.aws_budgets
)

select
    billing_currency,
    sum(row_count) as row_count
from currencies
where billing_currency is not null
group by billing_currency
order by row_count desc, billing_currency asc
