-- AWS's own budgets beside ours, never in their place; empty until the Budgets API is read.
-- grain: account_id, aws_budget_name, period_start
-- columns:
--   account_id: Account the budget stands in.
--   aws_budget_name: Its name there.
--   period_start: First day of the period.
--   scope: space or domain it binds to; null where its filters say something else.
--   scope_arn: That space or domain, lower case.
--   billing_currency: Currency of the amounts.
--   amount: Its limit.
--   aws_actual: What AWS says is spent.
--   aws_forecast: What AWS forecasts.
--   metric: AWS's cost metric.
--   cost_types: Which charges it counts, as AWS names them.
--   spent: Ours, of the same scope and period.
select
    cast(null as varchar) as account_id,
    cast(null as varchar) as aws_budget_name,
    cast(null as date) as period_start,
    cast(null as varchar) as scope,
    cast(null as varchar) as scope_arn,
    cast(null as varchar) as billing_currency,
    cast(null as decimal(38, 12)) as amount,
    cast(null as decimal(38, 12)) as aws_actual,
    cast(null as decimal(38, 12)) as aws_forecast,
    cast(null as varchar) as metric,
    cast(null as varchar) as cost_types,
    cast(null as decimal(38, 12)) as spent
where false
