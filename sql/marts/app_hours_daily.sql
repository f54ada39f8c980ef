-- Hours each app of a space ran, as trails tell, beside the hours billed; one row per UTC date and app.
-- grain: activity_date, app_arn
-- columns:
--   activity_date: UTC date.
--   app_arn: App ARN, lower case.
--   space_arn: Its space, lower case.
--   app_hours: Hours between its creation and its end; null where no trail tells of it.
--   billed_hours: Hours the bill charges; null where no bill tells of it.
--   difference: app_hours less billed_hours; null where one is missing.
with billed as (
    select
        usage_date as activity_date,
        resource_key as app_arn,
        min(space_arn) as space_arn,
        sum(usage_hours) as billed_hours
    from core.charge
    where role = 'ledger' and is_usage and space_arn is not null and is_app_arn(resource_key)
    group by usage_date, resource_key
),

ran as (
    select
        app_arn,
        activity_date,
        min(space_arn) as space_arn,
        sum(app_hours) as app_hours
    from core.app_day
    where space_arn is not null
    group by app_arn, activity_date
)

select
    coalesce(ran.activity_date, billed.activity_date) as activity_date,
    coalesce(ran.app_arn, billed.app_arn) as app_arn,
    coalesce(ran.space_arn, billed.space_arn) as space_arn,
    ran.app_hours,
    billed.billed_hours,
    ran.app_hours - billed.billed_hours as difference
from ran
full join billed on ran.activity_date = billed.activity_date and ran.app_arn = billed.app_arn
