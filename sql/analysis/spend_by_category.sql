-- What the money went to, by category, in effective cost and hours.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    spend_category,
    billing_currency,
    sum(effective_cost) as effective_cost,
    sum(billed_cost) as billed_cost,
    sum(usage_hours) as usage_hours
from marts.space_spend_daily
where billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by spend_category, billing_currency
order by effective_cost desc, spend_category asc
