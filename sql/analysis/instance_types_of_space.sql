-- Instance types of a space: hours, effective cost and cost per hour.
-- parameter space: part of the space's name or ARN; every space unless given
-- parameter billing_period: month, 2026-09; the newest unless given
select
    space_name,
    instance_type,
    spend_category,
    purchase_option,
    billing_currency,
    sum(usage_hours) as usage_hours,
    sum(effective_cost) as effective_cost,
    case when sum(usage_hours) > 0 then sum(effective_cost) / sum(usage_hours) end as effective_cost_per_hour
from marts.space_spend_daily
where
    space_arn is not null
    and instance_type is not null
    and contains(space_arn, lower(coalesce($space, '')))
    and billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by space_name, instance_type, spend_category, purchase_option, billing_currency
order by effective_cost desc, space_name asc, instance_type asc
