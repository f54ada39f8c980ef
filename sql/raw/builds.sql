-- Every build that was published, and what it was made with.
-- loaded: by each build; the select below is its empty shape.
-- grain: build_id
-- columns:
--   build_id: The build.
--   built_at: When, UTC.
--   sql_hash: Hash of all SQL.
--   configuration_hash: Hash of the configuration and the owners file.
--   as_of: The as-of date.
--   as_of_given: Whether a person gave it.
select
    null::varchar as build_id,
    null::timestamp as built_at,
    null::varchar as sql_hash,
    null::varchar as configuration_hash,
    null::date as as_of,
    null::boolean as as_of_given
where false
