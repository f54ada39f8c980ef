-- State of each source's billing periods; one row per source and period.
-- grain: source, billing_period
-- columns:
--   source: Name of the billing source.
--   billing_period: Billing period.
--   role: ledger, or compare: reconciled but never added.
--   period_status: open, estimated, final, or unknown where the format carries no invoice id.
--   data_through: Newest date with usage, UTC.
with totals as (
    select
        source,
        billing_period,
        delivery_id,
        sum(uninvoiced_count) as uninvoiced_count,
        max(data_through_at) as data_through_at
    from raw.delivery_totals
    group by source, billing_period, delivery_id
)

select
    deliveries.source,
    deliveries.billing_period,
    deliveries.role,
    case
        when run.as_of < cast(deliveries.billing_period || '-01' as date) + interval '1' month then 'open'
        when not deliveries.has_invoice_id then 'unknown'
        when totals.uninvoiced_count > 0 then 'estimated'
        else 'final'
    end as period_status,
    cast(totals.data_through_at as date) as data_through
from raw.deliveries
cross join core.run
left join totals
    on
        deliveries.source = totals.source
        and deliveries.billing_period = totals.billing_period
        and deliveries.delivery_id = totals.delivery_id
where deliveries.is_current
