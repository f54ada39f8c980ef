-- What the SageMaker API says of each domain, and since when; one row per domain and time it said so.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, domain_arn, seen_from
-- columns:
--   source: Whose word it is: the API, the account and the region.
--   domain_arn: Domain ARN, lower case.
--   domain_name: Its name.
--   status: Its status, InService where it can be used.
--   home_efs_file_system_id: The file system of its home folders.
--   execution_role_identity: USER_PROFILE_NAME where calls carry the user profile as their source identity.
--   created_at: When it was made, UTC.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as domain_arn,
    null::varchar as domain_name,
    null::varchar as status,
    null::varchar as home_efs_file_system_id,
    null::varchar as execution_role_identity,
    null::timestamp as created_at,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
