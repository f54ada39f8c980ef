-- Every call that belongs to a space; one row per call. A space is named by domain and name, by a tag, or by an ARN of
-- the space or of one of its apps.
-- grain: event_key
-- columns:
--   event_key: The call.
--   event_id: CloudTrail event id.
--   event_at: When it took place, UTC.
--   activity_date: That UTC date.
--   space_arn: The space, lower case.
--   event_name: The API call.
--   account_id: Account the call acted in.
--   is_write: Whether the call is not read-only.
--   is_human: Whether it may show a person at work: a write call, CreatePresignedDomainUrl or StartSession.
--   error_code: Why it failed; null where it did not.
--   error_message: As delivered.
--   person_key: The person; null where unidentified.
--   user_name: The person's name; null where unidentified.
--   identity_evidence: What identifies the person.
--   identity_strength: The same as a number, 1 the strongest.
--   resource_arn: What the call made, deleted or tagged, lower case.
with named as (
    select
        *,
        coalesce(space_arn, space_arn_of(mentioned_arn)) as own_space_arn,
        case when is_app_arn(mentioned_arn) then app_type(mentioned_arn) end as mentioned_app_type,
        app_space_arn(mentioned_arn) as owner_space_arn,
        app_user_profile_arn(mentioned_arn) as owner_user_profile_arn
    from core.trail_event
),

mentioned as (
    select
        named.*,
        case
            when named.own_space_arn is not null then named.own_space_arn
            when named.mentioned_app_type in ('jupyterlab', 'codeeditor') then named.owner_space_arn
            when known_space.space_arn is not null and known_user_profile.user_profile_arn is null
                then named.owner_space_arn
        end as belongs_to
    from named
    left join core.known_space on named.owner_space_arn = known_space.space_arn
    left join core.known_user_profile on named.owner_user_profile_arn = known_user_profile.user_profile_arn
)

select
    event_key,
    event_id,
    event_at,
    cast(event_at as date) as activity_date,
    belongs_to as space_arn,
    event_name,
    account_id,
    is_write,
    is_write or event_name in ('CreatePresignedDomainUrl', 'StartSession') as is_human,
    error_code,
    error_message,
    person_key,
    user_name,
    identity_evidence,
    identity_strength,
    resource_arn
from mentioned
where belongs_to is not null
