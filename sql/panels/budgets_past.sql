-- How past periods of budgets ended, the newest first.
-- columns:
--   budget_name: Its name.
--   period_start: First day of the period.
--   period_end: Last day of the period.
--   billing_period: Month of the last day.
--   space_arn: Space, lower case; null for a domain.
--   domain_arn: The domain, or that of the space.
--   account_id: Its account.
--   period: monthly, quarterly, annual or custom.
--   amount: What might be spent.
--   billing_currency: Currency of the amounts.
--   spent: What was.
--   remaining: The amount less what was spent.
--   burn_ratio: Spent over amount.
--   ended: breached, held, or no_data where it had no charge.
select
    budgets.budget_name,
    budgets.period_start,
    budgets.period_end,
    strftime(budgets.period_end, '%Y-%m') as billing_period,
    spaces.space_arn,
    case when budgets.scope = 'domain' then budgets.scope_arn else spaces.domain_arn end as domain_arn,
    case when budgets.scope = 'domain' then arn_account_id(budgets.scope_arn) else spaces.account_id end as account_id,
    budgets.period,
    budgets.amount,
    budgets.billing_currency,
    budgets.spent,
    budgets.remaining,
    budgets.burn_ratio,
    case when budgets.status in ('watch', 'ok', 'breach_forecast') then 'held' else budgets.status end as ended
from marts.budget_status as budgets
cross join core.run as run
left join marts.spaces as spaces on budgets.scope_arn = spaces.space_arn
where budgets.period_end < run.as_of and budgets.status <> 'unknown_scope'
order by budgets.period_start desc, budgets.budget_name asc
limit 4000
