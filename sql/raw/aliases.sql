-- Other names of people, from the owners file; one row per name.
-- loaded: by each run; the select below is its empty shape.
-- grain: alias
-- columns:
--   alias: A name as events spell it, lower case.
--   user_name: The name to show instead.
select
    null::varchar as alias,
    null::varchar as user_name
where false
