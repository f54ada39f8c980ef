-- Spaces that the configuration names (owners, budgets).
-- loaded: anew by each run; the select below is its empty shape.
-- columns:
--   space_arn: Space ARN, lower case.
--   evidence: Where it is named.
select
    null::varchar as space_arn,
    null::varchar as evidence
where false
