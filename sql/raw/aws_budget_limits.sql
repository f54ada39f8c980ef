-- Limits planned by period, where a budget of AWS has them.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, aws_budget_name, period_start, seen_from
-- columns:
--   source: Whose word it is: the API and the account.
--   account_id: Account the budget stands in.
--   aws_budget_name: Its name there.
--   period_start: First day of the period, UTC.
--   unit: Unit of the limit.
--   amount: The limit.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as account_id,
    null::varchar as aws_budget_name,
    null::date as period_start,
    null::varchar as unit,
    null::decimal(38, 12) as amount,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
