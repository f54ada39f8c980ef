-- What the SageMaker API says of each user profile, and since when; one row per profile and time it said so.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, user_profile_arn, seen_from
-- columns:
--   source: Whose word it is: the API, the account and the region.
--   user_profile_arn: User profile ARN, lower case.
--   user_profile_name: Its name, in the spelling it was made with.
--   status: Its status, InService where it can be used.
--   created_at: When it was made, UTC.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as user_profile_arn,
    null::varchar as user_profile_name,
    null::varchar as status,
    null::timestamp as created_at,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
