-- SageMaker's tag keys in the payer account: whether bills can carry them, and since when.
-- grain: account_id, tag_key
-- columns:
--   account_id: The payer account.
--   tag_key: The tag's key.
--   status: Active, Inactive, or Unlisted: no resource had it yet.
--   is_active: Whether it is an active cost allocation tag: only such keys reach a bill.
--   active_since: Day it was activated, UTC; null while it is not active.
--   backfilled_from: First day whose bills a finished backfill rewrote since; null without one.
--   is_backfill_running: Whether AWS is rewriting the bills of past months.
--   last_used_on: Month a resource last had it, as its first day.
--   first_seen: UTC date of the first usage in the ledger that carries it.
--   told_at: Run that first saw it so, UTC.
with tags as (
    select * from raw.cost_tags
    where seen_until is null
),

backfills as (
    select * from raw.tag_backfills
    where seen_until is null
),

running as (
    select distinct account_id from backfills
    where status = 'PROCESSING'
),

backfilled as (
    select
        tags.account_id,
        tags.tag_key,
        min(backfills.backfill_from) as backfilled_from
    from tags
    inner join backfills
        on
            tags.account_id = backfills.account_id
            and backfills.status = 'SUCCEEDED'
            and cast(backfills.requested_at as date) >= tags.updated_on
    where tags.status = 'Active'
    group by tags.account_id, tags.tag_key
),

seen as (
    select
        tag_key,
        min(first_seen) as first_seen
    from marts.tags_first_seen
    group by tag_key
)

select
    tags.account_id,
    tags.tag_key,
    tags.status,
    tags.status = 'Active' as is_active,
    case when tags.status = 'Active' then tags.updated_on end as active_since,
    backfilled.backfilled_from,
    running.account_id is not null as is_backfill_running,
    tags.last_used_on,
    seen.first_seen,
    tags.seen_from as told_at
from tags
left join backfilled on tags.account_id = backfilled.account_id and tags.tag_key = backfilled.tag_key
left join running on tags.account_id = running.account_id
left join seen on tags.tag_key = seen.tag_key
