-- Who worked in a space, month by month, and how they are known.
-- parameter space: part of the space's name or ARN; every space unless given
select
    users.billing_period,
    spaces.space_name,
    users.user_name,
    users.identity_evidence,
    users.active_days,
    users.event_count,
    users.write_event_count,
    round(users.share, 4) as share
from marts.space_users_monthly as users
left join marts.spaces as spaces on users.space_arn = spaces.space_arn
where
    contains(lower(users.space_arn), lower(coalesce($space, '')))
    or contains(lower(spaces.space_name), lower(coalesce($space, '')))
order by users.billing_period desc, spaces.space_name asc, users.space_arn asc, users.event_count desc, users.user_name asc
limit 200
