-- What is wrong with what the build made: charges no budget can count, and bills that say nothing of days.
-- grain: source, location, problem, billing_period
-- columns:
--   source: Name of the billing source.
--   location: What it is about: a budget, or the bill.
--   problem: Short name of the problem.
--   severity: warning or notice.
--   detail: What is wrong and what to do.
--   billing_period: The period it concerns, where it is one.
with run as (
    select * from core.run
),

charges as (
    select charges.* from core.budget_charge_daily as charges
    cross join run
    where charges.usage_date <= run.as_of
),

scoped as (
    select
        space_arn as scope_arn,
        source,
        billing_currency,
        usage_date,
        spent
    from charges
    where space_arn is not null
    union all
    select
        domain_arn as scope_arn,
        source,
        billing_currency,
        usage_date,
        spent
    from charges
    where domain_arn is not null
),

budgets as (
    select * from core.budget_period
),

-- Two budgets of one scope may count a currency each.
counted as (
    select distinct
        scope_arn,
        billing_currency,
        period_start,
        period_end
    from budgets
),

in_other_currency as (
    select
        scoped.source,
        budgets.budget_name,
        budgets.billing_currency as budget_currency,
        scoped.billing_currency,
        sum(scoped.spent) as spent
    from budgets
    inner join scoped
        on
            budgets.scope_arn = scoped.scope_arn
            and budgets.billing_currency <> scoped.billing_currency
            and scoped.usage_date between budgets.period_start and budgets.period_end
    left join counted
        on
            budgets.scope_arn = counted.scope_arn
            and scoped.billing_currency = counted.billing_currency
            and scoped.usage_date between counted.period_start and counted.period_end
    where counted.scope_arn is null and scoped.spent <> 0
    group by scoped.source, budgets.budget_name, budgets.billing_currency, scoped.billing_currency
),

monthly as (
    select
        source,
        billing_period,
        cast(sum(monthly_count) as bigint) as line_count
    from charges
    group by source, billing_period
    having 2 * sum(monthly_count) > sum(charge_count)
),

unpriced as (
    select
        source,
        billing_period,
        cast(sum(unpriced_count) as bigint) as line_count
    from charges
    group by source, billing_period
    having sum(unpriced_count) > 0
)

select
    source,
    'budget ' || budget_name as location,
    'budget_currency' as problem,
    'warning' as severity,
    string_agg(cast(spent as varchar) || ' ' || billing_currency, ' and ' order by billing_currency)
    || ' of its scope is not counted: the budget is in ' || min(budget_currency)
    || '; add a budget in that currency' as detail,
    cast(null as varchar) as billing_period
from in_other_currency
group by source, budget_name
union all
select
    source,
    'bill' as location,
    'monthly_export' as problem,
    'notice' as severity,
    cast(line_count as varchar)
    || ' lines of usage last longer than a day: this export says nothing of days, so its spaces have no daily'
    || ' figures and no forecast; export it HOURLY or DAILY' as detail,
    billing_period
from monthly
union all
select
    unpriced.source,
    'bill' as location,
    'no_cost_in_measure' as problem,
    'warning' as severity,
    cast(unpriced.line_count as varchar) || ' lines of usage have no ' || run.cost_metric
    || ': budgets count them as nothing; choose another cost_metric, or export the list prices' as detail,
    unpriced.billing_period
from unpriced
cross join run
