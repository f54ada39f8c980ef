-- Lifts what the ledger uses out of a batch of SageMaker records, `batch_events`; the rest stays as JSON beside it.
with readable as (
    select
        *,
        json_object(identity_text) as identity,
        json_object(request_text) as request,
        json_object(response_text) as response,
        regexp_extract(event_name, '^(?:Create|Delete)(.+)$', 1) as thing
    from batch_events
),

-- One look into each object: JSON is parsed again by every call.
asked as (
    select
        *,
        event_moment(event_time, delivered_at) as event_at,
        json_extract_string(request, [
            '$.domainId', '$.spaceName', '$.userProfileName', '$.appType', '$.appName', '$.resourceArn',
            '$.spaceSharingSettings.sharingType', '$.ownershipSettings.ownerUserProfileName',
            '$.spaceSettings.appType', '$.spaceSettings.spaceStorageSettings.ebsStorageSettings.ebsVolumeSizeInGb',
            '$.spaceDisplayName', '$.resourceSpec.instanceType', '$.tags', '$.tagKeys'
        ]) as asked,
        json_extract_string(identity, [
            '$.type', '$.accountId', '$.arn', '$.userName', '$.sessionContext.sourceIdentity',
            '$.onBehalfOf.userId', '$.invokedBy'
        ]) as actor
    from readable
),

lifted as (
    select
        *,
        coalesce(nullif(actor[2], ''), account_id) as acting_account_id,
        case when starts_with(asked[13], '[') then tags_of(asked[13]) end as tags
    from asked
),

-- Texts of their own, because a macro repeats what it is given.
named as (
    select
        *,
        case when asked[1] is not null then sagemaker_arn(region, acting_account_id, 'domain', asked[1]) end
            as domain_text,
        case
            when asked[2] is not null
                then sagemaker_arn(region, acting_account_id, 'space', asked[1] || '/' || asked[2])
        end as space_text,
        case
            when asked[3] is not null
                then sagemaker_arn(region, acting_account_id, 'user-profile', asked[1] || '/' || asked[3])
        end as user_profile_text,
        case
            when event_name in ('AddTags', 'DeleteTags', 'ListTags') then asked[6]
            when event_name in ('CreateApp', 'DeleteApp') then coalesce(
                nullif(json_extract_string(response, '$.appArn'), ''),
                sagemaker_arn(
                    region, acting_account_id, 'app',
                    asked[1] || '/' || coalesce(asked[2], asked[3]) || '/' || asked[4] || '/' || asked[5]
                )
            )
            when starts_with(event_name, 'Create') then coalesce(
                nullif(regexp_extract(
                    response, '"[a-zA-Z0-9]*[aA]rn" *: *"(arn:aws[a-z-]*:sagemaker:[^"\\]+)"', 1
                ), ''),
                sagemaker_arn(
                    region, acting_account_id, billed_kind(thing),
                    json_extract_string(request, '$.' || name_field(thing))
                )
            )
            when starts_with(event_name, 'Delete')
                then sagemaker_arn(
                    region, acting_account_id, billed_kind(thing),
                    json_extract_string(request, '$.' || name_field(thing))
                )
        end as resource_text
    from lifted
)

select
    source,
    file_id,
    record_number,
    delivered_at,
    nullif(event_id, '') as event_id,
    nullif(shared_event_id, '') as shared_event_id,
    case
        when addendum_text is not null
            then nullif(json_extract_string(json_object(addendum_text), '$.originalEventID'), '')
    end as original_event_id,
    event_at,
    event_name,
    event_type,
    event_version,
    region,
    account_id,
    coalesce(
        case lower(read_only) when 'true' then true when 'false' then false end, is_read_call(event_name)
    ) as is_read_only,
    nullif(error_code, '') as error_code,
    error_message,
    source_ip_address,
    user_agent,
    actor[1] as identity_type,
    acting_account_id as identity_account_id,
    actor[3] as identity_arn,
    nullif(actor[4], '') as identity_user_name,
    nullif(actor[5], '') as source_identity,
    nullif(actor[6], '') as on_behalf_of,
    nullif(actor[7], '') as invoked_by,
    nullif(asked[1], '') as domain_id,
    nullif(asked[2], '') as space_name,
    nullif(asked[3], '') as user_profile_name,
    nullif(asked[4], '') as app_type,
    nullif(asked[5], '') as app_name,
    domain_arn_of(domain_text) as domain_arn,
    space_arn_of(space_text) as space_arn,
    user_profile_arn_of(user_profile_text) as user_profile_arn,
    len(list_filter(tags, lambda t: t.key = 'sagemaker:space-arn')) > 0 as sets_space_tag,
    case
        when starts_with(asked[14], '[')
            then coalesce(list_contains(json_extract_string(asked[14], '$[*]'), 'sagemaker:space-arn'), false)
        else false
    end as drops_space_tag,
    tag_value(tags, 'sagemaker:space-arn') as space_arn_tag,
    tag_value(tags, 'sagemaker:user-profile-arn') as user_profile_arn_tag,
    -- An ARN of a space or an app that is the whole of some value.
    nullif(
        regexp_extract(
            coalesce(response, '') || ' ' || coalesce(request, ''),
            '"(arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:(?:space|app)/[^"\\]+)"', 1
        ), ''
    ) as mentioned_arn,
    ascii_lower(resource_text) as resource_arn,
    nullif(asked[7], '') as sharing_type,
    nullif(asked[8], '') as owner_user_profile_name,
    nullif(asked[9], '') as space_app_type,
    try_cast(asked[10] as decimal(38, 12)) as storage_gb,
    nullif(asked[11], '') as space_display_name,
    nullif(asked[12], '') as instance_type,
    identity_text as identity,
    request_text as request,
    response_text as response
from named
where event_at is not null
