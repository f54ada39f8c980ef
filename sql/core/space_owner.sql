-- How each life of a space was shared and who owned it; one row per life that a trail saw begin or the SageMaker API told
-- of. The first also stands for the time before it. Neither changes during a life, so both say the same of one that both
-- know: it began within a minute of what either says.
-- grain: space_arn, valid_from
-- columns:
--   space_arn: Space ARN, lower case.
--   valid_from: From when it holds, UTC.
--   valid_to: Until when, exclusive.
--   sharing_type: Shared or Private, as it was made.
--   owner_user_profile_arn: Its owner's user profile, lower case.
with made as (
    select
        named_space_arn as space_arn,
        event_at,
        max(sharing_type) as sharing_type,
        max(owner_user_profile_name) as owner_user_profile_name
    from core.trail_event
    where event_name = 'CreateSpace' and error_code is null and named_space_arn is not null
    group by named_space_arn, event_at
),

told as (
    select
        space_arn_of(space_arn) as space_arn,
        created_at,
        max(sharing_type) as sharing_type,
        max(owner_user_profile_name) as owner_user_profile_name
    from raw.api_spaces
    where created_at is not null and space_arn_of(space_arn) is not null
    group by space_arn_of(space_arn), created_at
),

-- What a trail saw begin, and what the API completes of it.
seen as (
    select
        made.space_arn,
        made.event_at,
        coalesce(made.sharing_type, max(told.sharing_type)) as sharing_type,
        coalesce(made.owner_user_profile_name, max(told.owner_user_profile_name)) as owner_user_profile_name
    from made
    left join told
        on
            made.space_arn = told.space_arn
            and told.created_at between made.event_at - interval '1' minute and made.event_at + interval '1' minute
    group by made.space_arn, made.event_at, made.sharing_type, made.owner_user_profile_name
),

unseen as (
    select
        told.space_arn,
        told.created_at as event_at,
        told.sharing_type,
        told.owner_user_profile_name
    from told
    left join made
        on
            told.space_arn = made.space_arn
            and told.created_at between made.event_at - interval '1' minute and made.event_at + interval '1' minute
    where made.space_arn is null
),

begun as (
    select * from seen
    union all
    select * from unseen
),

lives as (
    select
        *,
        lag(event_at) over (partition by space_arn order by event_at) as previous_at,
        lead(event_at) over (partition by space_arn order by event_at) as next_at,
        replace(domain_arn_of(space_arn), ':domain/', ':user-profile/') || '/' || owner_user_profile_name
            as owner_text
    from begun
)

select
    space_arn,
    case when previous_at is null then timestamp '1970-01-01 00:00:00' else event_at end as valid_from,
    coalesce(next_at, timestamp '9999-12-31 00:00:00') as valid_to,
    sharing_type,
    user_profile_arn_of(owner_text) as owner_user_profile_arn
from lives
