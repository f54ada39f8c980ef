-- What trails and the SageMaker API say of a space's latest life; one row per space that a trail saw made, changed or
-- deleted, with its domain too, or that the API listed. Of each value the newest word counts: a call's from its time on,
-- the API's from the run on that first saw it so, as any later change would have made it say something else. A life that
-- began within a minute of what the other says is the same one.
-- grain: space_arn
-- columns:
--   space_arn: Space ARN, lower case.
--   created_at: When its latest life began, UTC; null where neither tells.
--   deleted_at: When that life ended, UTC; where only the API tells, the run that saw it listed no longer.
--   status: Deleted where it ended; else its status in the SageMaker API, while that lists it.
--   sharing_type: Shared or Private, as it was made.
--   owner_user_profile_name: Its owner's user profile, as it was made.
--   owner_user_profile_arn: That profile's ARN, lower case.
--   app_type: App type it is for.
--   storage_gb: Size of its volume, GB.
--   space_display_name: Name people gave it.
with calls as (
    select * from core.trail_event
    where error_code is null
),

changes as (
    select * from calls
    where named_space_arn is not null and event_name in ('CreateSpace', 'UpdateSpace', 'DeleteSpace')
),

-- What the API says ends where it says something else or nothing, but not where it is merely asked no longer.
told as (
    select
        space_arn_of(spaces.space_arn) as space_arn,
        spaces.status,
        spaces.sharing_type,
        spaces.owner_user_profile_name,
        spaces.app_type,
        spaces.storage_gb,
        spaces.space_display_name,
        spaces.created_at,
        spaces.seen_from,
        spaces.seen_until,
        spaces.seen_until is not null
        and (snapshots.ended_at is null or spaces.seen_until < snapshots.ended_at) as is_gone
    from raw.api_spaces as spaces
    left join raw.api_snapshots as snapshots on spaces.source = snapshots.source
    where space_arn_of(spaces.space_arn) is not null
),

beginnings as (
    select
        named_space_arn as space_arn,
        case when event_name = 'CreateSpace' then event_at end as seen_at,
        cast(null as timestamp) as told_at
    from changes
    union all
    select
        space_arn,
        cast(null as timestamp) as seen_at,
        created_at as told_at
    from told
),

newest as (
    select
        space_arn,
        max(seen_at) as seen_at,
        max(told_at) as told_at
    from beginnings
    group by space_arn
),

born as (
    select
        space_arn,
        case
            when seen_at is null or told_at > seen_at + interval '1' minute then told_at
            else seen_at
        end as created_at
    from newest
),

-- Everything said of this life; on the same instant the API's word is the better one.
said as (
    select
        changes.named_space_arn as space_arn,
        changes.event_at as said_at,
        changes.event_key as said_by,
        changes.event_name,
        changes.sharing_type,
        changes.owner_user_profile_name,
        changes.space_app_type as app_type,
        changes.storage_gb,
        changes.space_display_name
    from changes
    inner join born on changes.named_space_arn = born.space_arn
    where born.created_at is null or changes.event_at >= born.created_at
    union all
    select
        told.space_arn,
        told.seen_from as said_at,
        '' as said_by,
        'api' as event_name,
        told.sharing_type,
        told.owner_user_profile_name,
        told.app_type,
        told.storage_gb,
        told.space_display_name
    from told
    inner join born on told.space_arn = born.space_arn
    where told.created_at is null or told.created_at >= born.created_at - interval '1' minute
),

-- The newest value each of them gave.
ranked as (
    select
        *,
        row_number() over (
            partition by space_arn order by sharing_type is null asc, said_at desc, said_by asc
        ) as sharing_rank,
        row_number() over (
            partition by space_arn order by owner_user_profile_name is null asc, said_at desc, said_by asc
        ) as owner_rank,
        row_number() over (
            partition by space_arn order by app_type is null asc, said_at desc, said_by asc
        ) as app_type_rank,
        row_number() over (
            partition by space_arn order by storage_gb is null asc, said_at desc, said_by asc
        ) as storage_rank,
        row_number() over (
            partition by space_arn order by space_display_name is null asc, said_at desc, said_by asc
        ) as display_name_rank
    from said
),

lives as (
    select
        space_arn,
        min(case when event_name = 'DeleteSpace' then said_at end) as space_deleted_at,
        max(case when sharing_rank = 1 then sharing_type end) as sharing_type,
        max(case when owner_rank = 1 then owner_user_profile_name end) as owner_user_profile_name,
        max(case when app_type_rank = 1 then app_type end) as app_type,
        max(case when storage_rank = 1 then storage_gb end) as storage_gb,
        max(case when display_name_rank = 1 then space_display_name end) as space_display_name
    from ranked
    group by space_arn
),

told_last as (
    select
        told.*,
        row_number() over (
            partition by told.space_arn order by told.seen_until is null desc, told.seen_from desc
        ) as recency
    from told
    inner join born on told.space_arn = born.space_arn
    where told.created_at is null or told.created_at >= born.created_at - interval '1' minute
),

ended_domains as (
    select
        domain_arn,
        max(event_at) as deleted_at
    from calls
    where event_name = 'DeleteDomain' and domain_arn is not null
    group by domain_arn
),

spaces as (
    select space_arn from lives
    union
    select known_space.space_arn
    from core.known_space
    inner join ended_domains on known_space.domain_arn = ended_domains.domain_arn
),

joined as (
    select
        spaces.space_arn,
        born.created_at,
        coalesce(
            lives.space_deleted_at,
            case
                when ended_domains.deleted_at >= coalesce(born.created_at, ended_domains.deleted_at)
                    then ended_domains.deleted_at
            end
        ) as call_deleted_at,
        lives.sharing_type,
        lives.owner_user_profile_name,
        lives.app_type,
        lives.storage_gb,
        lives.space_display_name,
        case when told_last.seen_until is null then told_last.status end as told_status,
        case when told_last.seen_until is null then told_last.seen_from end as told_since,
        case when told_last.is_gone then told_last.seen_until end as gone_at
    from spaces
    left join born on spaces.space_arn = born.space_arn
    left join lives on spaces.space_arn = lives.space_arn
    left join told_last on spaces.space_arn = told_last.space_arn and told_last.recency = 1
    left join ended_domains on domain_arn_of(spaces.space_arn) = ended_domains.domain_arn
),

-- A delete that failed: the API says of the space what it did not say before the call.
ended as (
    select
        *,
        case
            when told_since > call_deleted_at and told_status <> 'Deleting' then cast(null as timestamp)
            else coalesce(call_deleted_at, gone_at)
        end as deleted_at
    from joined
)

select
    space_arn,
    created_at,
    deleted_at,
    case when deleted_at is not null then 'Deleted' else told_status end as status,
    sharing_type,
    owner_user_profile_name,
    user_profile_arn_of(
        replace(domain_arn_of(space_arn), ':domain/', ':user-profile/') || '/' || owner_user_profile_name
    ) as owner_user_profile_arn,
    app_type,
    storage_gb,
    space_display_name
from ended
