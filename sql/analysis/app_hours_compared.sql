-- Apps whose hours differ most between trail and bill: an app ended without a call, or a trail with holes.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    app_arn,
    sum(app_hours) as app_hours,
    sum(billed_hours) as billed_hours,
    sum(coalesce(app_hours, 0)) - sum(coalesce(billed_hours, 0)) as difference
from marts.app_hours_daily
where
    strftime(activity_date, '%Y-%m')
    = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by app_arn
order by abs(sum(coalesce(app_hours, 0)) - sum(coalesce(billed_hours, 0))) desc, app_arn asc
limit 50
