-- The apps that ran when the SageMaker API was last asked; one row per app. What ran before, trails tell.
-- grain: app_arn
-- columns:
--   app_arn: App ARN, lower case.
--   space_arn: Space it runs in, lower case; null where it is a user profile's own.
--   user_profile_arn: User profile it is of, lower case; null where it runs in a space.
--   app_type: Its type.
--   app_name: Its name, in the spelling it was made with.
--   instance_type: Instance type it runs on.
--   status: Its status, InService where it runs, Pending where it is starting.
--   created_at: When it was made, UTC.
--   listed_at: When the API's list was last taken up, UTC.
with told as (
    select
        apps.*,
        snapshots.taken_at as listed_at,
        row_number() over (partition by apps.app_arn order by apps.created_at desc, apps.source asc) as recency
    from raw.api_apps as apps
    inner join raw.api_snapshots as snapshots on apps.source = snapshots.source
    where apps.seen_until is null and apps.status in ('InService', 'Pending')
)

select
    app_arn,
    space_arn_of(space_arn) as space_arn,
    user_profile_arn_of(user_profile_arn) as user_profile_arn,
    app_type,
    app_name,
    instance_type,
    status,
    created_at,
    listed_at
from told
where recency = 1 and is_app_arn(app_arn)
