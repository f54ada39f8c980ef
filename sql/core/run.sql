-- The one row of values that belong to this build.
-- loaded: anew by each build; the select below is its empty shape.
-- grain: build_id
-- columns:
--   build_id: The build.
--   built_at: When it was built, UTC.
--   as_of: The day the build is about.
--   cost_metric: The measure budgets and pages count.
--   show_spaces: What pages open with: shared or all.
--   stale_after_days: After how many days without newer usage a bill counts as stale.
select
    null::varchar as build_id,
    null::timestamp as built_at,
    null::date as as_of,
    null::varchar as cost_metric,
    null::varchar as show_spaces,
    null::integer as stale_after_days
where false
