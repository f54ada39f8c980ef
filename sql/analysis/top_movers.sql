-- Spaces whose effective cost changed most against the month before.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    space_name,
    space_arn,
    billing_currency,
    previous_effective_cost,
    effective_cost,
    effective_cost - coalesce(previous_effective_cost, 0) as change,
    change_ratio,
    period_status
from marts.space_spend_monthly
where space_arn is not null and billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
order by abs(effective_cost - coalesce(previous_effective_cost, 0)) desc, space_arn asc
limit 20
