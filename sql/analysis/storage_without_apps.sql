-- Spaces that paid for storage in a month in which no app of theirs ran.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    space_name,
    space_arn,
    billing_currency,
    sum(case when spend_category = 'Studio storage' then effective_cost else 0 end) as storage_cost,
    max(usage_date) as last_storage_date
from marts.space_spend_daily
where space_arn is not null and billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by space_name, space_arn, billing_currency
having
    sum(case when spend_category = 'Studio storage' then effective_cost else 0 end) > 0
    and sum(case when spend_category = 'Studio apps' then effective_cost else 0 end) = 0
order by storage_cost desc, space_arn asc
