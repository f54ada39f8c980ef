-- Why an alert is likely: the categories whose cost rose most against the same days of the period before, or, for an
-- anomaly, what moved the day against an average day before it.
-- grain: alert_key, mover_rank
-- columns:
--   alert_key: The alert.
--   mover_rank: 1 for the greatest rise; three at most.
--   spend_category: What the money went to.
--   resource_id: The resource in it that rose most, spelled as delivered; null where the cost is of none.
--   cost: Cost in the period, or on the day.
--   previous_cost: Cost on the same days of the period before, or on an average of the 28 days before.
with run as (
    select * from core.run
),

alerts as (
    select
        alerts.*,
        -- How many days of the period there are to compare.
        least(alerts.period_end, coalesce(alerts.data_through, run.as_of), run.as_of) as compared_through
    from marts.alerts as alerts
    cross join run
    where alerts.kind in ('threshold', 'breach_forecast', 'breached')
),

spans as (
    select
        *,
        cast(period_start - to_days(cast(datediff('day', period_start, period_end) + 1 as integer)) as date)
            as even_previous_start,
        period_start = date_trunc('month', period_start)
        and period_end = last_day(period_end) as is_whole_months,
        datediff('month', period_start, period_end) + 1 as month_count
    from alerts
),

compared as (
    select
        alert_key,
        scope_arn,
        billing_currency,
        period_start,
        compared_through,
        case
            when is_whole_months then cast(period_start - to_months(cast(month_count as integer)) as date)
            else even_previous_start
        end as previous_start
    from spans
),

bounded as (
    select
        *,
        -- Of a shorter period before, its last day is the last.
        least(
            previous_start + cast(datediff('day', period_start, compared_through) as integer), period_start - 1
        ) as previous_through
    from compared
),

charges as (
    select
        charge.space_arn,
        charge.domain_arn,
        charge.billing_currency,
        charge.usage_date,
        charge.spend_category,
        charge.resource_key,
        charge.resource_id,
        measured(
            run.cost_metric, charge.effective_cost, charge.amortized_cost, charge.billed_cost, charge.list_cost
        ) as cost
    from core.charge as charge
    cross join run
    where
        charge.role = 'ledger'
        and is_budgeted(charge.charge_category, charge.spend_category)
        and charge.domain_arn in (
            select coalesce(spaces.domain_arn, compared.scope_arn)
            from compared
            left join core.known_space as spaces on compared.scope_arn = spaces.space_arn
        )
),

of_scope as (
    select
        bounded.*,
        charges.usage_date,
        charges.spend_category,
        charges.resource_key,
        charges.resource_id,
        charges.cost as charged
    from bounded
    inner join charges
        on bounded.scope_arn = charges.space_arn and bounded.billing_currency = charges.billing_currency
    union all
    select
        bounded.*,
        charges.usage_date,
        charges.spend_category,
        charges.resource_key,
        charges.resource_id,
        charges.cost as charged
    from bounded
    inner join charges
        on bounded.scope_arn = charges.domain_arn and bounded.billing_currency = charges.billing_currency
),

resources as (
    select
        alert_key,
        spend_category,
        resource_key,
        max(resource_id) as resource_id,
        sum(case when usage_date between period_start and compared_through then charged else 0 end) as cost,
        sum(case when usage_date between previous_start and previous_through then charged else 0 end)
            as previous_cost
    from of_scope
    group by alert_key, spend_category, resource_key
),

ranked_resources as (
    select
        *,
        row_number() over (
            partition by alert_key, spend_category order by cost - previous_cost desc, resource_key asc
        ) as resource_rank
    from resources
),

categories as (
    select
        alert_key,
        spend_category,
        max(case when resource_rank = 1 then resource_id end) as resource_id,
        sum(cost) as cost,
        sum(previous_cost) as previous_cost
    from ranked_resources
    group by alert_key, spend_category
),

ranked as (
    select
        *,
        row_number() over (
            partition by alert_key order by cost - previous_cost desc, spend_category asc
        ) as mover_rank
    from categories
    where cost > previous_cost
)

select
    alert_key,
    mover_rank,
    spend_category,
    resource_id,
    cost,
    previous_cost
from ranked
where mover_rank <= 3
union all
select
    alerts.alert_key,
    1 as mover_rank,
    anomalies.spend_category,
    anomalies.resource_id,
    anomalies.mover_cost as cost,
    anomalies.mover_usual_cost as previous_cost
from marts.alerts as alerts
inner join marts.spend_anomalies as anomalies
    on
        alerts.scope_arn = anomalies.space_arn
        and alerts.billing_currency = anomalies.billing_currency
        and alerts.usage_date = anomalies.usage_date
where alerts.kind = 'anomaly' and anomalies.spend_category is not null
