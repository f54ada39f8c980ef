-- Spend per active person of each space, and whether one person does most in it; use nobody can be named for is shown as such.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    space_name,
    space_arn,
    sharing_type,
    people,
    billing_currency,
    effective_cost,
    active_users,
    cost_per_active_user,
    top_user_name,
    round(top_user_share, 4) as top_user_share,
    round(unidentified_share, 4) as unidentified_share
from marts.space_people_monthly
where billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_people_monthly))
order by effective_cost desc, space_arn asc
