-- Who worked in each space in each month, with a row for calls that no evidence names a person for.
-- shard: space_arn
-- columns:
--   billing_period: Calendar month.
--   space_arn: Space, lower case.
--   account_id: Account of the caller.
--   user_name: The person; null where unidentified.
--   identity_evidence: The strongest evidence of the month.
--   active_days: UTC dates with a call.
--   event_count: Calls, failed ones too.
--   write_event_count: Those that are not read-only.
--   share: Part of the calls of identified people in that month; null for unidentified calls.
with users as (
    select * from marts.space_users_monthly
)

select
    billing_period,
    space_arn,
    account_id,
    user_name,
    identity_evidence,
    active_days,
    event_count,
    write_event_count,
    share
from users
order by space_arn, billing_period, account_id, user_name
