-- Who was active in each space on each day; one row per UTC date, space, account and person, and one for calls that no
-- evidence names a person for.
-- grain: activity_date, space_arn, account_id, user_name
-- columns:
--   activity_date: UTC date.
--   space_arn: Space, lower case.
--   account_id: Account of the caller.
--   user_name: The person, one spelling, aliases of the owners file applied; null where unidentified.
--   identity_evidence: The strongest evidence of the day: source_identity, on_behalf_of, iam_user, sso_session or user_profile; else unidentified.
--   event_count: Calls, failed ones too.
--   write_event_count: Those that are not read-only.
--   first_event_at: First of them, UTC.
--   last_event_at: Last of them, UTC.
with activity as (
    select * from core.activity
),

users as (
    select
        activity_date,
        space_arn,
        account_id,
        user_name,
        min(identity_strength) as identity_strength,
        count(*) as event_count,
        count(case when is_write then 1 end) as write_event_count,
        min(event_at) as first_event_at,
        max(event_at) as last_event_at
    from activity
    group by activity_date, space_arn, account_id, user_name
)

select
    activity_date,
    space_arn,
    account_id,
    user_name,
    identity_evidence(identity_strength) as identity_evidence,
    event_count,
    write_event_count,
    first_event_at,
    last_event_at
from users
