-- What stands beside a budget of AWS that one space or domain has alone is what budgets of ours count of it in that period.
-- severity: fail
with budgets as (
    select budgets.* from marts.aws_budgets as budgets
    cross join core.run
    where
        budgets.scope_arn is not null
        and budgets.is_current
        and budgets.spent is not null
        and budgets.cost_metric = run.cost_metric
        and budgets.account_id in (select payer_account_id from raw.delivery_totals)
),

-- Of whatever version: one that ended may be what a period shows.
narrowed as (
    select distinct
        account_id,
        aws_budget_name
    from raw.aws_budget_scopes
    where kind not in ('space', 'domain')
),

days as (
    select days.* from core.scope_spend_daily as days
    cross join core.run
    where days.usage_date <= run.as_of
)

select
    budgets.account_id,
    budgets.aws_budget_name,
    budgets.period_start,
    budgets.spent,
    sum(days.spent) as counted
from budgets
left join narrowed
    on budgets.account_id = narrowed.account_id and budgets.aws_budget_name = narrowed.aws_budget_name
left join days
    on
        budgets.scope_arn = days.scope_arn
        and budgets.billing_currency = days.billing_currency
        and days.usage_date between budgets.period_start and coalesce(budgets.period_end, days.usage_date)
where narrowed.account_id is null
group by budgets.account_id, budgets.aws_budget_name, budgets.period_start, budgets.spent
having budgets.spent <> coalesce(sum(days.spent), 0)
