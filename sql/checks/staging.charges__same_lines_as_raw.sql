-- Staging neither drops, repeats nor re-prices a kept line: counts and sums by delivery equal those the load took
-- of every in-scope row.
-- severity: fail
with staged as (
    select
        source,
        billing_period,
        delivery_id,
        count(*) as row_count,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost
    from staging.charges
    where billing_period in (select billing_period from checked_period)
    group by all
),

delivered as (
    select
        totals.source,
        totals.billing_period,
        totals.delivery_id,
        sum(totals.row_count) as row_count,
        sum(totals.billed_cost) as billed_cost,
        sum(totals.effective_cost) as effective_cost
    from raw.delivery_totals as totals
    inner join raw.deliveries using (source, billing_period, delivery_id)
    where
        totals.is_in_scope
        and deliveries.is_current
        and totals.billing_period in (select billing_period from checked_period)
    group by all
)

select
    coalesce(delivered.source, staged.source) as source,
    coalesce(delivered.billing_period, staged.billing_period) as billing_period,
    delivered.row_count,
    staged.row_count as staged_row_count,
    delivered.effective_cost,
    staged.effective_cost as staged_effective_cost
from delivered
full join staged using (source, billing_period, delivery_id)
where
    coalesce(delivered.row_count, 0) <> coalesce(staged.row_count, 0)
    or coalesce(delivered.billed_cost, 0) <> coalesce(staged.billed_cost, 0)
    or coalesce(delivered.effective_cost, 0) <> coalesce(staged.effective_cost, 0)
