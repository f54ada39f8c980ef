-- Hours each app ran on each UTC date, as trails tell; one row per app, date and space: a space's app and that of a user
-- profile of the same name bear one ARN.
-- grain: app_arn, activity_date, space_arn
-- columns:
--   app_arn: App ARN, lower case.
--   activity_date: UTC date.
--   space_arn: Its space, lower case; null of a user profile's app.
--   app_hours: Hours it ran.
with days as (
    select
        app_arn,
        space_arn,
        started_at,
        counted_to,
        unnest(dates_of(started_at, counted_to)) as activity_date
    from core.app_span
)

select
    app_arn,
    activity_date,
    space_arn,
    hours(sum(seconds_on(started_at, counted_to, activity_date))) as app_hours
from days
group by app_arn, activity_date, space_arn
having sum(seconds_on(started_at, counted_to, activity_date)) > 0
