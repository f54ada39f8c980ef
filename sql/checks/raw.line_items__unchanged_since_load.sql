-- Kept lines and the totals of their delivery are the ones that were loaded: their number and their order-free
-- hash are those of the load.
-- severity: fail
with lines as (
    select
        source,
        billing_period,
        delivery_id,
        1 as kept,
        hash(line) as line_hash
    from raw.cur__line_items as line
    where billing_period in (select billing_period from checked_period)
    union all
    select
        source,
        billing_period,
        delivery_id,
        1 as kept,
        hash(line) as line_hash
    from raw.focus__line_items as line
    where billing_period in (select billing_period from checked_period)
    union all
    select
        source,
        billing_period,
        delivery_id,
        0 as kept,
        hash(line) as line_hash
    from raw.delivery_totals as line
    where billing_period in (select billing_period from checked_period)
),

found as (
    select
        source,
        billing_period,
        delivery_id,
        sum(kept) as kept_count,
        sum(line_hash::hugeint)::varchar as content_hash
    from lines
    group by all
)

select
    deliveries.source,
    deliveries.billing_period,
    deliveries.kept_count,
    found.kept_count as found_count
from raw.deliveries
left join found
    on
        deliveries.source = found.source
        and deliveries.billing_period = found.billing_period
        and deliveries.delivery_id = found.delivery_id
where
    deliveries.is_current
    and deliveries.hash_version = version()
    and deliveries.billing_period in (select billing_period from checked_period)
    and (
        deliveries.kept_count <> coalesce(found.kept_count, 0)
        or deliveries.content_hash <> coalesce(found.content_hash, '0')
    )
