-- Which identified people were active in each space on each day.
-- shard: billing_period
-- columns:
--   activity_date: UTC date.
--   billing_period: Month of that date.
--   space_arn: Space, lower case.
--   domain_arn: Its domain, lower case.
--   account_id: Account of the caller.
--   user_name: The person.
--   identity_evidence: The strongest evidence of the day.
--   event_count: Calls, failed ones too.
--   write_event_count: Those that are not read-only.
with users as (
    select * from marts.space_users_daily
    where user_name is not null
)

select
    activity_date,
    strftime(activity_date, '%Y-%m') as billing_period,
    space_arn,
    domain_arn_of(space_arn) as domain_arn,
    account_id,
    user_name,
    identity_evidence,
    event_count,
    write_event_count
from users
order by activity_date, space_arn, account_id, user_name
