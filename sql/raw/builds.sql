-- Every build that was published, and what it was made with.
-- loaded: by each build; the select below is its empty shape.
-- grain: build_id
-- columns:
--   build_id: The build.
--   built_at: When, UTC.
--   load_hash: Hash of the SQL that turns delivered lines into raw rows.
--   sql_hash: Hash of all SQL that can change a number.
--   report_hash: Hash of what draws the pages.
--   configuration_hash: Hash of the configuration and the owners file.
--   as_of: The as-of date.
select
    null::varchar as build_id,
    null::timestamp as built_at,
    null::varchar as load_hash,
    null::varchar as sql_hash,
    null::varchar as report_hash,
    null::varchar as configuration_hash,
    null::date as as_of
where false
