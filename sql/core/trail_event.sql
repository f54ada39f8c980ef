-- Every SageMaker call once, with who made it and what it names; one row per call.
-- grain: event_key
-- columns:
--   event_key: sharedEventID, else eventID; an addendum bears the key of the event it replaces.
--   event_id: CloudTrail event id, the evidence people can look up.
--   source: Name of the trail it is taken from.
--   file_id: The log file it is taken from, in raw.trail_files.
--   event_at: When it took place, UTC.
--   event_name: The API call.
--   region: AWS region.
--   account_id: Account the call acted in.
--   is_write: Whether the call is not read-only.
--   error_code: Why it failed; null where it did not.
--   error_message: As delivered.
--   person_key: The person, the same for every name the owners file joins; null where unidentified.
--   user_name: The person's name, one spelling; null where unidentified.
--   identity_evidence: What identifies the person: source_identity, on_behalf_of, iam_user, sso_session or user_profile; else unidentified.
--   identity_strength: The same as a number, 1 the strongest, 6 unidentified.
--   identity_arn: As delivered (userIdentity.arn).
--   domain_arn: Domain the request names, lower case.
--   space_arn: Space the request names by domain and name, or else by its space tag, lower case.
--   space_name: That space's name as the request spells it.
--   mentioned_arn: ARN of a space or an app in request or response, spelled as delivered.
--   user_profile_arn: User profile the request names, lower case.
--   resource_arn: What the call made, deleted or tagged, lower case.
--   named_space_arn: Space the request names by domain and name, lower case.
--   tagged_space_arn: Space of a well-formed space tag in the request, lower case.
--   sets_space_tag: Whether the request carries a space tag.
--   drops_space_tag: Whether the request removes the space tag.
--   sharing_type: Sharing type a CreateSpace asks for.
--   owner_user_profile_name: Owner a CreateSpace asks for.
--   space_app_type: App type a space is for.
--   storage_gb: Volume size a space is given, GB.
--   space_display_name: Display name a space is given.
--   app_type: App type.
--   instance_type: Instance type an app is given.
with delivered as (
    select events.*
    from raw.trail_events as events
    inner join raw.trails as trails on events.source = trails.source
    where trails.start_at is null or events.event_at >= trails.start_at
),

-- Records without an id are told apart by what they say.
keyed as (
    select
        *,
        coalesce(
            shared_event_id,
            event_id,
            'no id ' || md5(
                cast(event_at as varchar) || '|' || event_name || '|' || coalesce(identity, '') || '|'
                || coalesce(request, '')
            )
        ) as own_key
    from delivered
),

originals as (
    select
        event_id,
        min(own_key) as event_key
    from keyed
    where original_event_id is null and event_id is not null
    group by event_id
),

joined as (
    select
        keyed.*,
        case
            when keyed.original_event_id is not null then coalesce(originals.event_key, keyed.original_event_id)
            else keyed.own_key
        end as event_key
    from keyed
    left join originals on keyed.original_event_id = originals.event_id
),

-- The newest addendum, else the copy that the caller's own account was told of.
ranked as (
    select
        *,
        row_number() over (
            partition by event_key
            order by
                case when original_event_id is not null then 0 else 1 end asc,
                case when original_event_id is not null then delivered_at end desc nulls last,
                case when account_id = identity_account_id then 0 else 1 end asc,
                event_id asc,
                source asc,
                file_id asc,
                record_number asc
        ) as copy_rank
    from joined
),

-- Design: by falling strength. An execution role names a person only where the call is about that person's own app.
identified as (
    select
        *,
        space_arn_of(space_arn_tag) as tagged_space_arn,
        case
            when source_identity is not null then 1
            when on_behalf_of is not null then 2
            when identity_type = 'IAMUser' and identity_user_name is not null then 3
            when
                identity_type = 'AssumedRole'
                and starts_with(assumed_role(identity_arn), 'AWSReservedSSO_')
                and session_name(identity_arn) is not null
                then 4
            when event_name = 'CreatePresignedDomainUrl' and user_profile_name is not null then 5
            when
                event_name in ('CreateApp', 'DeleteApp')
                and identity_type = 'AssumedRole'
                and session_name(identity_arn) = 'SageMaker'
                and user_profile_name is not null
                then 5
            else 6
        end as identity_strength
    from ranked
    where copy_rank = 1
),

named as (
    select
        *,
        case identity_strength
            when 1 then source_identity
            when 2 then on_behalf_of
            when 3 then identity_user_name
            when 4 then session_name(identity_arn)
            when 5 then user_profile_name
        end as delivered_name
    from identified
),

aliased as (
    select
        named.*,
        coalesce(aliases.user_name, named.delivered_name) as given_name,
        case
            when aliases.alias is not null then lower(aliases.user_name)
            when lower(named.delivered_name) in (select lower(user_name) from raw.aliases)
                then lower(named.delivered_name)
            when named.delivered_name is not null
                then coalesce(named.identity_account_id, '') || '|' || lower(named.delivered_name)
        end as person_key
    from named
    left join raw.aliases as aliases on lower(named.delivered_name) = aliases.alias
)

select
    event_key,
    event_id,
    source,
    file_id,
    event_at,
    event_name,
    region,
    identity_account_id as account_id,
    not is_read_only as is_write,
    error_code,
    error_message,
    person_key,
    case when person_key is not null then min(given_name) over (partition by person_key) end as user_name,
    identity_evidence(identity_strength) as identity_evidence,
    identity_strength,
    identity_arn,
    domain_arn,
    coalesce(space_arn, tagged_space_arn) as space_arn,
    case when space_arn is not null then space_name else arn_name(space_arn_tag) end as space_name,
    mentioned_arn,
    user_profile_arn,
    resource_arn,
    space_arn as named_space_arn,
    tagged_space_arn,
    sets_space_tag,
    drops_space_tag,
    sharing_type,
    owner_user_profile_name,
    space_app_type,
    storage_gb,
    space_display_name,
    app_type,
    instance_type
from aliased
