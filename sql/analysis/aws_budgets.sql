-- AWS's budgets of today beside ours, the farthest apart first, and what each counts.
select
    account_id,
    aws_budget_name,
    period_start,
    period_end,
    scope,
    scope_arn,
    billing_currency,
    amount,
    aws_actual,
    metric,
    spent,
    cost_metric,
    spent - aws_actual as difference,
    filters,
    not_bound_because
from marts.aws_budgets
where is_current and is_listed
order by abs(spent - aws_actual) desc nulls last, account_id asc, aws_budget_name asc
