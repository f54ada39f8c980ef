-- What the SageMaker API says of each space, and since when; one row per space and time it said so.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, space_arn, seen_from
-- columns:
--   source: Whose word it is: the API, the account and the region.
--   space_arn: Space ARN, lower case.
--   space_name: Its name, in the spelling it was made with.
--   space_display_name: Name people gave it.
--   status: Its status, InService where it can be used.
--   sharing_type: Shared or Private; null for the spaces of before 2023-11, which are shared.
--   owner_user_profile_name: User profile that owns it.
--   app_type: App type it is for.
--   storage_gb: Size of its volume, GB.
--   created_at: When it was made, UTC.
--   modified_at: When it was last changed, UTC.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as space_arn,
    null::varchar as space_name,
    null::varchar as space_display_name,
    null::varchar as status,
    null::varchar as sharing_type,
    null::varchar as owner_user_profile_name,
    null::varchar as app_type,
    null::integer as storage_gb,
    null::timestamp as created_at,
    null::timestamp as modified_at,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
