-- What a budget has spent is the spend of its space or domain from the period's first day through the day of the build.
-- severity: fail
with days as (
    select
        days.space_arn,
        days.domain_arn,
        days.billing_currency,
        greatest(
            cast(days.billing_period || '-01' as date),
            least(days.usage_date, last_day(cast(days.billing_period || '-01' as date)))
        ) as usage_date,
        case run.cost_metric
            when 'billed_cost' then days.billed_cost
            when 'amortized_cost' then days.amortized_cost
            when 'list_cost' then coalesce(days.list_cost, 0)
            else days.effective_cost
        end as cost
    from marts.space_spend_daily as days
    cross join core.run
    where
        days.charge_category not in ('Tax', 'Credit')
        and days.spend_category <> 'unused Savings Plan commitment'
),

scopes as (
    select
        space_arn as scope_arn,
        billing_currency,
        usage_date,
        sum(cost) as cost
    from days
    cross join core.run
    where space_arn is not null and usage_date <= as_of
    group by space_arn, billing_currency, usage_date
    union all
    select
        domain_arn as scope_arn,
        billing_currency,
        usage_date,
        sum(cost) as cost
    from days
    cross join core.run
    where domain_arn is not null and usage_date <= as_of
    group by domain_arn, billing_currency, usage_date
)

select
    status.budget_name,
    status.period_start,
    status.spent,
    sum(scopes.cost) as charged
from marts.budget_status as status
left join scopes
    on
        status.scope_arn = scopes.scope_arn
        and status.billing_currency = scopes.billing_currency
        and scopes.usage_date between status.period_start and status.period_end
group by status.budget_name, status.period_start, status.spent
having status.spent <> coalesce(sum(scopes.cost), 0)
