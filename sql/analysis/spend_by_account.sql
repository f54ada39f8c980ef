-- Effective cost by account and region.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    account_id,
    region,
    billing_currency,
    sum(effective_cost) as effective_cost,
    count(distinct space_arn) as space_count
from marts.space_spend_daily
where billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by account_id, region, billing_currency
order by effective_cost desc, account_id asc, region asc
