-- The owners file as configured.
-- loaded: anew by each run; the select below is its empty shape.
-- columns:
--   space_arn: Space the row is about, lower case.
--   domain_arn: Domain the row is about, lower case.
--   team: Team.
--   owner: Whom to ask.
--   cost_centre: Cost centre.
--   display_name: Name people use.
select
    null::varchar as space_arn,
    null::varchar as domain_arn,
    null::varchar as team,
    null::varchar as owner,
    null::varchar as cost_centre,
    null::varchar as display_name
where false
