-- Every user profile that a tag, a successful call or the SageMaker API names; one row per profile.
-- grain: user_profile_arn
-- columns:
--   user_profile_arn: User profile ARN, lower case.
--   domain_arn: Its domain.
with named as (
    select user_profile_arn from core.profile_period
    union
    select user_profile_arn from core.trail_event
    where error_code is null
    union
    select user_profile_arn_of(user_profile_arn) as user_profile_arn from raw.api_user_profiles
)

select
    user_profile_arn,
    domain_arn_of(user_profile_arn) as domain_arn
from named
where user_profile_arn is not null
