-- A space's effective cost by day and category.
-- parameter space: part of the space's name or ARN; every space unless given
-- parameter billing_period: month, 2026-09; the newest unless given
select
    usage_date,
    space_name,
    spend_category,
    billing_currency,
    sum(effective_cost) as effective_cost,
    sum(usage_hours) as usage_hours
from marts.space_spend_daily
where
    space_arn is not null
    and contains(space_arn, lower(coalesce($space, '')))
    and billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by usage_date, space_name, spend_category, billing_currency
order by usage_date asc, effective_cost desc, space_name asc, spend_category asc
