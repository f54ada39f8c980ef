-- What AWS says of its own budgets, and since when; one row per budget and time it said so.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, aws_budget_name, seen_from
-- columns:
--   source: Whose word it is: the API and the account.
--   account_id: Account the budget stands in.
--   aws_budget_name: Its name there.
--   budget_type: COST, USAGE, or a type of reservations or Savings Plans.
--   time_unit: DAILY, MONTHLY, QUARTERLY, ANNUALLY or CUSTOM.
--   start_date: Day it begins on, UTC.
--   end_date: Day it ends on, UTC.
--   unit: Unit of the amounts: a currency where it is a budget of costs.
--   amount: Its limit in the current period.
--   aws_actual: What AWS says is spent or used in the current period.
--   aws_forecast: What AWS forecasts for the whole period; null where it does not.
--   metric: AWS's cost metric.
--   cost_types: Which charges it counts, as AWS names them; null where its filters alone say so.
--   filters: Its filters in words.
--   not_bound_because: Why its filters are not exactly some spaces or domains; null where they are.
--   auto_adjust: HISTORICAL or FORECAST where AWS sets the limit by itself.
--   health: Status, and the reason where it is not healthy.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as account_id,
    null::varchar as aws_budget_name,
    null::varchar as budget_type,
    null::varchar as time_unit,
    null::date as start_date,
    null::date as end_date,
    null::varchar as unit,
    null::decimal(38, 12) as amount,
    null::decimal(38, 12) as aws_actual,
    null::decimal(38, 12) as aws_forecast,
    null::varchar as metric,
    null::varchar as cost_types,
    null::varchar as filters,
    null::varchar as not_bound_because,
    null::varchar as auto_adjust,
    null::varchar as health,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
