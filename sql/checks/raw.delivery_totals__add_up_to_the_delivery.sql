-- The totals kept with a delivery cover as many rows as were delivered, and as many in-scope rows as were kept.
-- severity: fail
with totals as (
    select
        source,
        billing_period,
        delivery_id,
        sum(row_count) as row_count,
        sum(case when is_in_scope then row_count else 0 end) as in_scope_count
    from raw.delivery_totals
    group by all
),

kept as (
    select
        source,
        billing_period,
        delivery_id,
        count(*) filter (where is_in_scope) as in_scope_count
    from (
        select
source,
billing_period,
delivery_id,
is_in_scope
from raw.cur__line_items
        union all
        select
source,
billing_period,
delivery_id,
is_in_scope
from raw.focus__line_items
    )
    where billing_period in (select billing_period from checked_period)
    group by all
)

select
    deliveries.source,
    deliveries.billing_period,
    deliveries.delivery_id,
    deliveries.row_count,
    totals.row_count as totals_row_count
from raw.deliveries
left join totals using (source, billing_period, delivery_id)
left join kept using (source, billing_period, delivery_id)
where
    deliveries.is_current
    and deliveries.billing_period in (select billing_period from checked_period)
    and (
        deliveries.row_count <> coalesce(totals.row_count, 0)
        or coalesce(totals.in_scope_count, 0) <> coalesce(kept.in_scope_count, 0)
    )
