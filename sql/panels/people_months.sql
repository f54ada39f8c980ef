-- Which identified people were active in each space in each month.
-- columns:
--   billing_period: Calendar month.
--   space_arn: Space, lower case.
--   domain_arn: Its domain, lower case.
--   account_id: Account of the caller.
--   user_name: The person.
--   identity_evidence: The strongest evidence of the month.
--   active_days: UTC dates with a call.
--   event_count: Calls, failed ones too.
--   write_event_count: Those that are not read-only.
with users as (
    select * from marts.space_users_monthly
    where user_name is not null
)

select
    billing_period,
    space_arn,
    domain_arn_of(space_arn) as domain_arn,
    account_id,
    user_name,
    identity_evidence,
    active_days,
    event_count,
    write_event_count
from users
order by billing_period, space_arn, account_id, user_name
