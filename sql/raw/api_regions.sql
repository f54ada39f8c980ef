-- The accounts and regions whose domains and spaces the SageMaker API listed, all of them; one row per account and region.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, seen_from
-- columns:
--   source: Whose word it is: the API, the account and the region.
--   account_id: Account.
--   region: AWS region.
--   seen_from: Run that first listed it, UTC.
--   seen_until: Run that asked it no longer, UTC; null while it is asked.
select
    null::varchar as source,
    null::varchar as account_id,
    null::varchar as region,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
