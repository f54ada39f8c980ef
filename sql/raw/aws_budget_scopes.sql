-- What each bound budget of AWS filters by; one row per value, and values of a kind are alternatives.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, aws_budget_name, kind, value, seen_from
-- columns:
--   source: Whose word it is: the API and the account.
--   account_id: Account the budget stands in.
--   aws_budget_name: Its name there.
--   kind: space, domain, account, region or service.
--   value: ARN in lower case, account id, region or AWS product code.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as account_id,
    null::varchar as aws_budget_name,
    null::varchar as kind,
    null::varchar as value,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
