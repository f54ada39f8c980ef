-- Effective cost by team and cost centre of the owners file; spaces without one stand together.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    spaces.team,
    spaces.cost_centre,
    spend.billing_currency,
    sum(spend.effective_cost) as effective_cost,
    count(distinct spend.space_arn) as space_count
from marts.space_spend_daily as spend
inner join marts.spaces on spend.space_arn = spaces.space_arn
where spend.billing_period = coalesce($billing_period, (select max(latest.billing_period) from marts.space_spend_daily as latest))
group by spaces.team, spaces.cost_centre, spend.billing_currency
order by effective_cost desc, spaces.team asc
