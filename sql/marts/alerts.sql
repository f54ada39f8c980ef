-- What people should be told of as things stand; the run tells each channel once, and again when the level rises.
-- grain: alert_key
-- columns:
--   alert_key: What it is about, in one text that stays the same from run to run.
--   kind: threshold, breach_forecast, breached, anomaly, stale or held_back.
--   level: How bad it is; the same alert at a higher level is worse.
--   subject: Budget, space or source it is about.
--   scope_arn: Space or domain, lower case.
--   space_name: Name of that space.
--   period_start: First day of the budget's period.
--   period_end: Last day of the budget's period.
--   threshold: Share of the amount that was crossed.
--   billing_currency: Currency of the amounts.
--   amount: The budget's amount.
--   spent: What is spent of it.
--   forecast: What is forecast for the period.
--   forecast_low: Lower end of the 80 % band.
--   forecast_high: Upper end of the 80 % band.
--   breach_probability: How likely the amount is reached.
--   breach_date: Day it was reached, or is forecast to be.
--   usage_date: The worst day of an anomaly.
--   expected_high: The most its history explains of the anomaly's worst day.
--   actual: What that day cost.
--   location: Where a held-back input lies.
--   detail: What is wrong with it.
--   data_through: Newest day with usage.
with run as (
    select * from core.run
),

-- Late charges may breach a period in the days after it.
budgets as (
    select status.* from marts.budget_status as status
    where
        status.status not in ('unknown_scope', 'no_data')
        and status.period_start <= status.as_of
        and status.as_of <= status.period_end + 7
),

crossed as (
    select
        budgets.budget_name,
        budgets.period_start,
        max(thresholds.warn_at) as threshold
    from budgets
    inner join core.budget_period as periods
        on budgets.budget_name = periods.budget_name and budgets.period_start = periods.period_start
    inner join raw.budget_thresholds as thresholds on periods.budget_number = thresholds.budget_number
    where budgets.amount > 0 and budgets.spent >= budgets.amount * thresholds.warn_at
    group by budgets.budget_name, budgets.period_start
),

thresholds as (
    select
        budgets.*,
        'threshold' as kind,
        crossed.threshold,
        1 as level
    from budgets
    inner join crossed
        on budgets.budget_name = crossed.budget_name and budgets.period_start = crossed.period_start
    -- At the amount itself the breach says it.
    where budgets.status <> 'breached' or crossed.threshold > 1
),

-- A quarter more is worse.
breaches as (
    select
        *,
        status as kind,
        cast(null as decimal(7, 4)) as threshold,
        1 + cast(floor(ln(least(greatest(1, cast(case when status = 'breached' then spent else forecast end as double)
        / coalesce(nullif(cast(amount as double), 0), 1)), 1000000)) / ln(1.25)) as integer) as level
    from budgets
    where status = 'breached' or (status = 'breach_forecast' and as_of <= period_end)
),

of_budgets as (
    select * from thresholds
    union all
    select * from breaches
),

-- The worst day of each run of days that ended in the last week.
anomalies as (
    select
        anomalies.*,
        max(anomalies.usage_date) over (
            partition by anomalies.space_arn, anomalies.billing_currency, anomalies.first_date
        ) as last_date,
        row_number() over (
            partition by anomalies.space_arn, anomalies.billing_currency, anomalies.first_date
            order by anomalies.excess desc, anomalies.usage_date asc
        ) as excess_rank,
        run.as_of
    from marts.spend_anomalies as anomalies
    cross join run
),

-- Inputs that were first seen wrong on one day are one alert; what mends one of them makes no new one.
held_back as (
    select
        source,
        problem,
        cast(first_seen_at as date) as first_seen_on,
        count(*) as input_count,
        min(location) as location,
        min(detail) as detail
    from marts.ingest_problems
    where severity = 'error'
    group by source, problem, cast(first_seen_at as date)
)

select
    kind || '|' || budget_name || '|' || cast(period_start as varchar)
    || coalesce('|' || cast(threshold as varchar), '') || '|' || cast(amount as varchar) as alert_key,
    kind,
    level,
    budget_name as subject,
    scope_arn,
    space_name,
    period_start,
    period_end,
    threshold,
    billing_currency,
    amount,
    spent,
    forecast,
    forecast_low,
    forecast_high,
    breach_probability,
    breach_date,
    cast(null as date) as usage_date,
    cast(null as decimal(38, 12)) as expected_high,
    cast(null as decimal(38, 12)) as actual,
    cast(null as varchar) as location,
    cast(null as varchar) as detail,
    data_through
from of_budgets
union all
select
    'anomaly|' || space_arn || '|' || billing_currency || '|' || cast(first_date as varchar) as alert_key,
    'anomaly' as kind,
    -- Twice as far above what was expected is worse.
    1 + cast(floor(log2(greatest(1, least(
        cast(excess as double) / greatest(cast(expected_high - expected as double), 0.01), 1000000
    )))) as integer) as level,
    space_name as subject,
    space_arn as scope_arn,
    space_name,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as decimal(7, 4)) as threshold,
    billing_currency,
    cast(null as decimal(38, 12)) as amount,
    cast(null as decimal(38, 12)) as spent,
    cast(null as decimal(38, 12)) as forecast,
    cast(null as decimal(38, 12)) as forecast_low,
    cast(null as decimal(38, 12)) as forecast_high,
    cast(null as double) as breach_probability,
    cast(null as date) as breach_date,
    usage_date,
    expected_high,
    actual,
    cast(null as varchar) as location,
    cast(null as varchar) as detail,
    cast(null as date) as data_through
from anomalies
where excess_rank = 1 and last_date >= as_of - 9
union all
select
    'stale|' || freshness.source || '|' || cast(freshness.data_through as varchar) as alert_key,
    'stale' as kind,
    -- Twice as long is worse.
    1 + cast(floor(log2(
        cast(datediff('day', freshness.data_through, run.as_of) as double) / run.stale_after_days
    )) as integer) as level,
    freshness.source as subject,
    cast(null as varchar) as scope_arn,
    cast(null as varchar) as space_name,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as decimal(7, 4)) as threshold,
    cast(null as varchar) as billing_currency,
    cast(null as decimal(38, 12)) as amount,
    cast(null as decimal(38, 12)) as spent,
    cast(null as decimal(38, 12)) as forecast,
    cast(null as decimal(38, 12)) as forecast_low,
    cast(null as decimal(38, 12)) as forecast_high,
    cast(null as double) as breach_probability,
    cast(null as date) as breach_date,
    cast(null as date) as usage_date,
    cast(null as decimal(38, 12)) as expected_high,
    cast(null as decimal(38, 12)) as actual,
    cast(null as varchar) as location,
    cast(null as varchar) as detail,
    freshness.data_through as data_through
from core.source_freshness as freshness
cross join run
where datediff('day', freshness.data_through, run.as_of) > run.stale_after_days
union all
select
    'held_back|' || source || '|' || problem || '|' || cast(first_seen_on as varchar) as alert_key,
    'held_back' as kind,
    -- Twice as many inputs are worse.
    1 + cast(floor(log2(cast(input_count as double))) as integer) as level,
    source as subject,
    cast(null as varchar) as scope_arn,
    cast(null as varchar) as space_name,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as decimal(7, 4)) as threshold,
    cast(null as varchar) as billing_currency,
    cast(null as decimal(38, 12)) as amount,
    cast(null as decimal(38, 12)) as spent,
    cast(null as decimal(38, 12)) as forecast,
    cast(null as decimal(38, 12)) as forecast_low,
    cast(null as decimal(38, 12)) as forecast_high,
    cast(null as double) as breach_probability,
    cast(null as date) as breach_date,
    cast(null as date) as usage_date,
    cast(null as decimal(38, 12)) as expected_high,
    cast(null as decimal(38, 12)) as actual,
    location,
    case when input_count > 1 then cast(input_count as varchar) || ' inputs, among them: ' else '' end || detail as detail,
    cast(null as date) as data_through
from held_back
