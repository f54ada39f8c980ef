-- SageMaker's tag keys as the payer account lists them, and since when; one row per key and time it said so.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, tag_key, seen_from
-- columns:
--   source: Whose word it is: the API and the account.
--   account_id: The payer account.
--   tag_key: The tag's key.
--   tag_type: UserDefined or AWSGenerated.
--   status: Active, Inactive, or Unlisted: no resource had it yet.
--   updated_on: Day it was last activated or deactivated, UTC.
--   last_used_on: Month a resource last had it, as its first day.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as account_id,
    null::varchar as tag_key,
    null::varchar as tag_type,
    null::varchar as status,
    null::date as updated_on,
    null::date as last_used_on,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
