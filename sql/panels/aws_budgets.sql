-- AWS's own budgets beside ours, with what they count.
-- columns:
--   account_id: Account the budget lives in.
--   aws_budget_name: Its name in AWS.
--   period_start: First day of its period.
--   scope_arn: Space or domain it filters for, lower case.
--   amount: Its limit.
--   aws_actual: Spent, as AWS counts.
--   aws_forecast: Forecast, as AWS counts.
--   metric: What AWS counts.
--   cost_types: Which cost types AWS includes.
--   spent: Ours, same scope and period.
select
    account_id,
    aws_budget_name,
    period_start,
    scope_arn,
    amount,
    aws_actual,
    aws_forecast,
    metric,
    cost_types,
    spent
from marts.aws_budgets
order by account_id, aws_budget_name, period_start
