-- Every user profile a tag names; one row per profile.
-- grain: user_profile_arn
-- columns:
--   user_profile_arn: User profile ARN, lower case.
--   domain_arn: Its domain.
select distinct
    user_profile_arn,
    domain_arn_of(user_profile_arn) as domain_arn
from core.profile_period
where user_profile_arn is not null
