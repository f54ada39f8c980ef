-- The last 50 calls of each space, the newest first.
-- shard: space_arn
-- columns:
--   event_at: When it took place, UTC.
--   space_arn: Space, lower case.
--   account_id: Account of the caller.
--   user_name: The person; null where unidentified.
--   identity_evidence: What identifies the person.
--   event_name: The API call.
--   is_write: Whether it is not read-only.
--   is_human: Whether it may show a person at work.
--   error_code: Why it failed; null where it did not.
--   resource_arn: What it made, deleted or tagged, lower case.
--   event_id: CloudTrail event id.
with ranked as (
    select
        *,
        row_number() over (partition by space_arn order by event_at desc, event_key asc) as call_rank
    from core.activity
)

select
    event_at,
    space_arn,
    account_id,
    user_name,
    identity_evidence,
    event_name,
    is_write,
    is_human,
    error_code,
    resource_arn,
    event_id
from ranked
where call_rank <= 50
order by space_arn, call_rank
