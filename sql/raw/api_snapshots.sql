-- What each API last told of each account and region, so that a run with nothing new does nothing; one row per source.
-- loaded: by each run; the select below is its empty shape.
-- grain: source
-- columns:
--   source: Whose word it is: the API, the account and the region.
--   asked_as: What it was asked as: the API, the region, and the role or profile that is configured.
--   digest: A hash of all it told.
--   taken_at: Run that last took it up, UTC.
--   ended_at: Run that asked it no longer, because the configuration does not name it, UTC; null while it is asked.
select
    null::varchar as source,
    null::varchar as asked_as,
    null::varchar as digest,
    null::timestamp as taken_at,
    null::timestamp as ended_at
where false
