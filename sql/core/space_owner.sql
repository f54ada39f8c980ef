-- How each life of a space was shared and who owned it; one row per life a trail saw begin. The first also stands for the
-- time before it.
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

lives as (
    select
        *,
        lag(event_at) over (partition by space_arn order by event_at) as previous_at,
        lead(event_at) over (partition by space_arn order by event_at) as next_at,
        replace(domain_arn_of(space_arn), ':domain/', ':user-profile/') || '/' || owner_user_profile_name
            as owner_text
    from made
)

select
    space_arn,
    case when previous_at is null then timestamp '1970-01-01 00:00:00' else event_at end as valid_from,
    coalesce(next_at, timestamp '9999-12-31 00:00:00') as valid_to,
    sharing_type,
    user_profile_arn_of(owner_text) as owner_user_profile_arn
from lives
