-- Calls in spaces that failed, of the days shown by themselves: who was refused what.
-- columns:
--   activity_date: UTC date.
--   space_arn: Space, lower case; one that only failed calls name need not exist.
--   domain_arn: Its domain, lower case.
--   account_id: Account of the caller.
--   user_name: The person; null where unidentified.
--   event_name: The API call.
--   error_code: Why it failed.
--   is_denied: Whether permission was refused; other errors are faults of the request or of AWS.
--   event_count: Such calls.
--   last_event_at: The last of them, UTC.
with activity as (
    select activity.*
    from core.activity as activity
    cross join core.recent_days
    where activity.error_code is not null and activity.activity_date >= recent_days.days_from
)

select
    activity_date,
    space_arn,
    domain_arn_of(space_arn) as domain_arn,
    account_id,
    user_name,
    event_name,
    error_code,
    is_denied(error_code) as is_denied,
    count(*) as event_count,
    max(event_at) as last_event_at
from activity
group by activity_date, space_arn, account_id, user_name, event_name, error_code
order by activity_date, space_arn, account_id, user_name, event_name, error_code
