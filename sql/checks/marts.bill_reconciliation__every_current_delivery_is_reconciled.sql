-- Each current delivery that has rows appears in the reconciliation, with as many rows as were delivered.
-- severity: fail
with reconciled as (
    select
        source,
        billing_period,
        sum(row_count) as row_count
    from marts.bill_reconciliation
    group by source, billing_period
)

select
    deliveries.source,
    deliveries.billing_period,
    deliveries.row_count,
    reconciled.row_count as reconciled_row_count
from raw.deliveries
left join reconciled
    on deliveries.source = reconciled.source and deliveries.billing_period = reconciled.billing_period
where deliveries.is_current and deliveries.row_count <> coalesce(reconciled.row_count, 0)
