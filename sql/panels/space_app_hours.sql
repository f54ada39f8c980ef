-- Hours the apps of each space ran, as trails tell, beside the hours billed, of the days shown by themselves.
-- shard: space_arn
-- columns:
--   activity_date: UTC date.
--   space_arn: Space, lower case.
--   app_count: Apps that ran or were billed.
--   app_hours: Hours they ran; null where no trail tells of any.
--   billed_hours: Hours the bill charges; null where no bill tells of any.
--   difference: app_hours less billed_hours; null where one is missing.
with apps as (
    select apps.*
    from marts.app_hours_daily as apps
    cross join core.recent_days
    where apps.space_arn is not null and apps.activity_date >= recent_days.days_from
)

select
    activity_date,
    space_arn,
    count(*) as app_count,
    sum(app_hours) as app_hours,
    sum(billed_hours) as billed_hours,
    sum(app_hours) - sum(billed_hours) as difference
from apps
group by activity_date, space_arn
order by space_arn, activity_date
