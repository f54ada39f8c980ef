-- Backfills of cost allocation tags, which rewrite the bills of past months; one row per request and status.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, requested_at, seen_from
-- columns:
--   source: Whose word it is: the API and the account.
--   account_id: The payer account.
--   requested_at: When it was asked for, UTC.
--   backfill_from: First day whose bills it rewrites.
--   status: SUCCEEDED, PROCESSING or FAILED.
--   completed_at: When it was done, UTC.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as account_id,
    null::timestamp as requested_at,
    null::date as backfill_from,
    null::varchar as status,
    null::timestamp as completed_at,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
