-- The trails the configuration names; one row per trail.
-- loaded: by each run; the select below is its empty shape.
-- grain: source
-- columns:
--   source: Name of the trail.
--   start_at: Events before are left out, UTC; null where all count.
--   address: Where it was listed last, or which API tells it; null until it was listed where it lies now.
select
    null::varchar as source,
    null::timestamp as start_at,
    null::varchar as address
where false
