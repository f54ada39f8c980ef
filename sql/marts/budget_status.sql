-- Every budget in each of its periods: what is spent, what is forecast, whether it holds.
-- grain: budget_name, period_start
-- columns:
--   budget_name: Its name; a budget for each space names the space too.
--   period_start: First day of the period.
--   period_end: Last day of the period.
--   scope: space or domain.
--   scope_arn: Space or domain, lower case.
--   space_name: Name of that space, the best spelling known.
--   sharing_type: Shared or Private; null where unknown, which counts as shared.
--   team: Team, from the owners file.
--   owner: Whom to ask.
--   period: monthly, quarterly, annual or custom.
--   plan: even, or weekdays.
--   as_of: The day the build is about; later charges are not counted.
--   cost_metric: The measure that is counted.
--   amount: What may be spent in the period.
--   billing_currency: Currency of all amounts.
--   spent: Cost counted through as_of: never tax, credits or unused commitment.
--   remaining: The amount less what is spent.
--   burn_ratio: Spent over amount; null for an amount of 0.
--   elapsed_ratio: Share of the period's days through the earlier of as_of and data_through.
--   planned: What the plan lets be spent through that same day.
--   forecast: Spent, and what is to come by the period's end: as likely to be more as to be less.
--   forecast_low: Lower end of the 80 % band; never below what is spent.
--   forecast_high: Upper end of the 80 % band.
--   forecast_method: How it was forecast, in words.
--   breach_probability: How likely the amount is reached by the period's end.
--   breach_date: Day the amount was reached, or is forecast to be; null where neither.
--   status: unknown_scope, no_data, breached, breach_forecast, watch or ok: the first that fits.
--   data_through: Newest day with usage in the bills of this scope, not after as_of.
--   is_current: Whether as_of lies in the period.
with run as (
    select * from core.run
),

freshness as (
    select * from core.scope_freshness
),

any_freshness as (
    select * from core.bill_freshness
),

spaces as (
    select * from marts.spaces
),

domain_owners as (
    select
        domain_arn,
        min(team) as team,
        min(owner) as owner
    from raw.owners
    where space_arn is null
    group by domain_arn
),

periods as (
    select
        periods.*,
        run.as_of,
        run.cost_metric,
        spend.spent,
        spend.charge_count,
        spend.breached_on,
        spend.charge_count > 0 and spend.spent >= periods.amount as is_breached,
        coalesce(freshness.data_through, any_freshness.data_through) as data_through,
        freshness.complete_through,
        datediff('day', periods.period_start, periods.period_end) + 1 as day_count
    from core.budget_period as periods
    inner join core.budget_spend as spend
        on periods.budget_name = spend.budget_name and periods.period_start = spend.period_start
    cross join run
    cross join any_freshness
    left join freshness on periods.scope_arn = freshness.scope_arn
),

elapsed as (
    select
        *,
        greatest(
            0, least(day_count, datediff('day', period_start, least(as_of, coalesce(data_through, as_of))) + 1)
        ) as elapsed_days,
        complete_through >= period_end as is_over
    from periods
),

outlook as (
    select
        elapsed.*,
        forecast.method,
        case
            when elapsed.is_over then elapsed.spent
            else elapsed.spent + estimated(forecast.rest)
        end as forecast,
        case
            when elapsed.is_over then elapsed.spent
            else elapsed.spent + estimated(forecast.rest_low)
        end as forecast_low,
        case
            when elapsed.is_over then elapsed.spent
            else elapsed.spent + estimated(forecast.rest_high)
        end as forecast_high,
        case
            when elapsed.is_breached then 1
            when elapsed.is_over then 0
            else forecast.breach_probability
        end as breach_probability,
        case
            when elapsed.is_breached then elapsed.breached_on
            when not elapsed.is_over then forecast.breach_date
        end as breach_date,
        planned.plan_to_date as planned
    from elapsed
    left join core.budget_forecast as forecast on elapsed.period_id = forecast.period_id
    left join core.budget_day as planned
        on
            elapsed.period_id = planned.period_id
            and elapsed.elapsed_days = datediff('day', planned.period_start, planned.usage_date) + 1
)

select
    outlook.budget_name,
    outlook.period_start,
    outlook.period_end,
    outlook.scope,
    outlook.scope_arn,
    spaces.space_name,
    spaces.sharing_type,
    coalesce(spaces.team, domain_owners.team) as team,
    coalesce(spaces.owner, domain_owners.owner) as owner,
    outlook.period,
    outlook.plan,
    outlook.as_of,
    outlook.cost_metric,
    outlook.amount,
    outlook.billing_currency,
    outlook.spent,
    outlook.amount - outlook.spent as remaining,
    cast(outlook.spent as double) / nullif(cast(outlook.amount as double), 0) as burn_ratio,
    cast(outlook.elapsed_days as double) / outlook.day_count as elapsed_ratio,
    coalesce(outlook.planned, 0) as planned,
    outlook.forecast,
    outlook.forecast_low,
    outlook.forecast_high,
    case when outlook.is_over then 'period over' else outlook.method end as forecast_method,
    outlook.breach_probability,
    outlook.breach_date,
    case
        when not outlook.is_known then 'unknown_scope'
        when outlook.charge_count = 0 then 'no_data'
        when outlook.is_breached then 'breached'
        when outlook.breach_probability >= 0.5 then 'breach_forecast'
        when
            outlook.spent >= outlook.amount * outlook.lowest_warn_at or outlook.breach_probability >= 0.2
            then 'watch'
        else 'ok'
    end as status,
    outlook.data_through,
    outlook.as_of between outlook.period_start and outlook.period_end as is_current
from outlook
left join spaces on outlook.scope_arn = spaces.space_arn
left join domain_owners on outlook.scope_arn = domain_owners.domain_arn
