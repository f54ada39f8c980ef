-- Who worked in each space in each month, and their part of what identified people did; one row per month, space, account
-- and person, and one for calls that no evidence names a person for.
-- grain: billing_period, space_arn, account_id, user_name
-- columns:
--   billing_period: Calendar month, '2026-09'.
--   space_arn: Space, lower case.
--   account_id: Account of the caller.
--   user_name: The person; null where unidentified.
--   identity_evidence: The strongest evidence of the month.
--   active_days: UTC dates with a call.
--   event_count: Calls.
--   write_event_count: Those that are not read-only.
--   share: Part of the calls of identified people in that space and month; null for unidentified calls.
with activity as (
    select
        *,
        strftime(event_at, '%Y-%m') as billing_period
    from core.activity
),

users as (
    select
        billing_period,
        space_arn,
        account_id,
        user_name,
        min(identity_strength) as identity_strength,
        count(distinct activity_date) as active_days,
        count(*) as event_count,
        count(case when is_write then 1 end) as write_event_count
    from activity
    group by billing_period, space_arn, account_id, user_name
)

select
    billing_period,
    space_arn,
    account_id,
    user_name,
    identity_evidence(identity_strength) as identity_evidence,
    active_days,
    event_count,
    write_event_count,
    case
        when user_name is not null
            then event_count / sum(case when user_name is not null then event_count end)
                over (partition by billing_period, space_arn)
    end as share
from users
