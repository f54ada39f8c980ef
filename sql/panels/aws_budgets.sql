-- AWS's own budgets beside ours, with what they count; of daily ones the days of a month.
-- columns:
--   account_id: Account the budget lives in.
--   aws_budget_name: Its name in AWS.
--   period_start: First day of its period.
--   billing_currency: Currency of the amounts; what is no money stands beside each currency.
--   scope_arn: Space or domain it filters for, lower case, or how many; null where its filters say something else.
--   amount: Its limit.
--   aws_actual: Spent, as AWS counts.
--   aws_forecast: Forecast, as AWS counts.
--   spent: Ours, same scope and period; null where not_bound_because says why.
--   metric: What AWS counts.
--   cost_types: Which cost types AWS includes.
--   cost_metric: What ours counts.
--   filters: Its filters in words, ARNs without account and region.
--   not_bound_because: Why they are not exactly some spaces or domains, or that charges are billed in another currency.
--   note: What else to know: figures that are no money, gone from AWS, begun before the bills, set by AWS, unhealthy.
with run as (
    select * from core.run
),

currencies as (
    select distinct billing_currency from marts.space_spend_daily
),

budgets as (
    select budgets.* from marts.aws_budgets as budgets
    cross join run
    where budgets.time_unit is distinct from 'DAILY' or budgets.period_start > run.as_of - 31
),

scopes as (
    select
        account_id,
        aws_budget_name,
        cast(count(*) as varchar) as arn_count
    from raw.aws_budget_scopes
    where kind in ('space', 'domain') and seen_until is null
    group by account_id, aws_budget_name
)

select
    budgets.account_id,
    budgets.aws_budget_name,
    budgets.period_start,
    coalesce(budgets.billing_currency, currencies.billing_currency) as billing_currency,
    case
        when budgets.scope in ('spaces', 'domains') then coalesce(scopes.arn_count || ' ', '') || budgets.scope
        else budgets.scope_arn
    end as scope_arn,
    budgets.amount,
    budgets.aws_actual,
    budgets.aws_forecast,
    budgets.spent,
    budgets.metric,
    budgets.cost_types,
    budgets.cost_metric,
    regexp_replace(budgets.filters, 'arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]*:', '', 'g') as filters,
    budgets.not_bound_because,
    nullif(
        concat_ws(
            '; ',
            budgets.usage_figures,
            case when not budgets.is_listed then 'no longer in AWS' end,
            case
                when budgets.spent is not null and not budgets.is_covered
                    then 'begun before the bills: ours lacks what came earlier'
            end,
            case when budgets.auto_adjust is not null then 'AWS sets the limit (' || budgets.auto_adjust || ')' end,
            case when budgets.health not like 'HEALTHY%' then budgets.health end
        ),
        ''
    ) as note
from budgets
left join currencies on budgets.billing_currency is null
left join scopes
    on budgets.account_id = scopes.account_id and budgets.aws_budget_name = scopes.aws_budget_name
order by budgets.account_id, budgets.aws_budget_name, budgets.period_start, billing_currency
