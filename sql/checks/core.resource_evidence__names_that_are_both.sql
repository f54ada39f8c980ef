-- A name that is both a space and a user profile of one domain: apps of types that allow both stay unresolved.
-- severity: warn
select
    known_space.space_arn,
    known_user_profile.user_profile_arn
from core.known_space
inner join core.known_user_profile
    on replace(known_space.space_arn, ':space/', ':user-profile/') = known_user_profile.user_profile_arn
