-- The apps that the SageMaker API lists, but for deleted ones, and since when; one row per app and time it said so. It
-- forgets deleted apps within a day: what ran when, trails tell.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, app_arn, created_at, seen_from
-- columns:
--   source: Whose word it is: the API, the account and the region.
--   app_arn: App ARN, lower case.
--   space_arn: Space it runs in, lower case; null where it is a user profile's own.
--   user_profile_arn: User profile it is of, lower case; null where it runs in a space.
--   app_type: Its type.
--   app_name: Its name, in the spelling it was made with.
--   instance_type: Instance type it runs on.
--   status: Its status, InService where it runs.
--   created_at: When it was made, UTC.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as app_arn,
    null::varchar as space_arn,
    null::varchar as user_profile_arn,
    null::varchar as app_type,
    null::varchar as app_name,
    null::varchar as instance_type,
    null::varchar as status,
    null::timestamp as created_at,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
