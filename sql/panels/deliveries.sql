-- Every delivery ever loaded, with what it changed against the one it replaced.
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
--   replaced_delivery_id: The delivery of that month it replaced; null where it was the first.
--   billed_cost_change: Billed cost less that of the delivery it replaced; null where it was the first.
--   effective_cost_change: Effective cost less that of the delivery it replaced; null where it was the first.
--   data_through: Newest date with usage, UTC.
--   is_current: Whether this is the version the ledger shows.
--   location: Where its manifest, or its folder, lies.
with deliveries as (
    select * from marts.deliveries
),

-- One row each: a delivery has one for each currency.
delivery_moments as (
    select distinct
        source,
        billing_period,
        delivery_id,
        loaded_at,
        delivered_at
    from deliveries
),

ordered as (
    select
        source,
        billing_period,
        delivery_id,
        lag(delivery_id) over (
            partition by source, billing_period order by loaded_at asc, delivered_at asc, delivery_id asc
        ) as replaced_delivery_id
    from delivery_moments
)

select
    deliveries.source,
    deliveries.role,
    deliveries.billing_period,
    deliveries.delivery_id,
    deliveries.billing_currency,
    deliveries.delivered_at,
    deliveries.loaded_at,
    deliveries.row_count,
    deliveries.kept_count,
    deliveries.billed_cost,
    deliveries.effective_cost,
    ordered.replaced_delivery_id,
    case
        when ordered.replaced_delivery_id is not null
            then deliveries.billed_cost - coalesce(replaced.billed_cost, 0)
    end as billed_cost_change,
    case
        when ordered.replaced_delivery_id is not null
            then deliveries.effective_cost - coalesce(replaced.effective_cost, 0)
    end as effective_cost_change,
    deliveries.data_through,
    deliveries.is_current,
    deliveries.location
from deliveries
inner join ordered
    on
        deliveries.source = ordered.source
        and deliveries.billing_period = ordered.billing_period
        and deliveries.delivery_id = ordered.delivery_id
left join deliveries as replaced
    on
        deliveries.source = replaced.source
        and deliveries.billing_period = replaced.billing_period
        and ordered.replaced_delivery_id = replaced.delivery_id
        and deliveries.billing_currency is not distinct from replaced.billing_currency
order by
    deliveries.source,
    deliveries.billing_period,
    deliveries.loaded_at,
    deliveries.delivered_at,
    deliveries.delivery_id,
    deliveries.billing_currency
