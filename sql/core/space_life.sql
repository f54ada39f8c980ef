-- What trails say of a space's latest life; one row per space they saw made, changed or deleted,
-- with its domain too.
-- grain: space_arn
-- columns:
--   space_arn: Space ARN, lower case.
--   created_at: When its latest life began, UTC; null where no trail saw it.
--   deleted_at: When that life ended, UTC.
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

born as (
    select
        named_space_arn as space_arn,
        max(case when event_name = 'CreateSpace' then event_at end) as created_at
    from changes
    group by named_space_arn
),

of_this_life as (
    select
        changes.*,
        born.created_at
    from changes
    inner join born on changes.named_space_arn = born.space_arn
    where born.created_at is null or changes.event_at >= born.created_at
),

-- The newest value each change gave.
ranked as (
    select
        *,
        row_number() over (
            partition by named_space_arn order by sharing_type is null asc, event_at desc, event_key asc
        ) as sharing_rank,
        row_number() over (
            partition by named_space_arn order by owner_user_profile_name is null asc, event_at desc, event_key asc
        ) as owner_rank,
        row_number() over (
            partition by named_space_arn order by space_app_type is null asc, event_at desc, event_key asc
        ) as app_type_rank,
        row_number() over (
            partition by named_space_arn order by storage_gb is null asc, event_at desc, event_key asc
        ) as storage_rank,
        row_number() over (
            partition by named_space_arn order by space_display_name is null asc, event_at desc, event_key asc
        ) as display_name_rank
    from of_this_life
),

lives as (
    select
        named_space_arn as space_arn,
        max(created_at) as created_at,
        min(case when event_name = 'DeleteSpace' then event_at end) as space_deleted_at,
        max(case when sharing_rank = 1 then sharing_type end) as sharing_type,
        max(case when owner_rank = 1 then owner_user_profile_name end) as owner_user_profile_name,
        max(case when app_type_rank = 1 then space_app_type end) as app_type,
        max(case when storage_rank = 1 then storage_gb end) as storage_gb,
        max(case when display_name_rank = 1 then space_display_name end) as space_display_name
    from ranked
    group by named_space_arn
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
)

select
    spaces.space_arn,
    lives.created_at,
    coalesce(
        lives.space_deleted_at,
        case
            when ended_domains.deleted_at >= coalesce(lives.created_at, ended_domains.deleted_at)
                then ended_domains.deleted_at
        end
    ) as deleted_at,
    lives.sharing_type,
    lives.owner_user_profile_name,
    user_profile_arn_of(
        replace(domain_arn_of(spaces.space_arn), ':domain/', ':user-profile/') || '/' || lives.owner_user_profile_name
    ) as owner_user_profile_arn,
    lives.app_type,
    lives.storage_gb,
    lives.space_display_name
from spaces
left join lives on spaces.space_arn = lives.space_arn
left join ended_domains on domain_arn_of(spaces.space_arn) = ended_domains.domain_arn
