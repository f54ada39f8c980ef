-- Every delivery ever loaded and what it added up to; one row per delivery and currency.
-- grain: source, billing_period, delivery_id, billing_currency
-- columns:
--   source: Name of the billing source.
--   role: ledger, or compare: reconciled but never added.
--   billing_period: Billing period.
--   delivery_id: Assembly or execution id.
--   billing_currency: Currency of the amounts; null for a delivery without rows.
--   delivered_at: When its newest file was written, UTC.
--   loaded_at: When it was loaded, UTC.
--   row_count: Rows delivered.
--   kept_count: Rows of the whole delivery that are in the ledger.
--   billed_cost: Billed cost of all its rows.
--   effective_cost: Effective cost of all its rows.
--   data_through: Newest date with usage, UTC.
--   is_current: Whether this is the version the ledger shows.
--   location: Where its manifest, or its folder, lies.
with totals as (
    select
        source,
        billing_period,
        delivery_id,
        billing_currency,
        sum(row_count) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        max(data_through_at) as data_through_at
    from raw.delivery_totals
    group by source, billing_period, delivery_id, billing_currency
)

select
    deliveries.source,
    deliveries.role,
    deliveries.billing_period,
    deliveries.delivery_id,
    totals.billing_currency,
    deliveries.delivered_at,
    deliveries.loaded_at,
    cast(coalesce(totals.row_count, 0) as bigint) as row_count,
    deliveries.kept_count,
    coalesce(totals.billed_cost, 0) as billed_cost,
    coalesce(totals.effective_cost, 0) as effective_cost,
    cast(totals.data_through_at as date) as data_through,
    deliveries.is_current,
    deliveries.location
from raw.deliveries
left join totals
    on
        deliveries.source = totals.source
        and deliveries.billing_period = totals.billing_period
        and deliveries.delivery_id = totals.delivery_id
