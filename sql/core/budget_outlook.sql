-- What a forecast is asked: each budget's period that has days whose spend is not all in yet.
-- grain: period_id
-- columns:
--   period_id: Budget and first day of the period, as one text.
--   scope_id: Space or domain and currency, as one text.
--   period_start: First day of the period.
--   period_end: Last day of the period.
--   complete_through: Newest day of the scope that has filled up.
--   data_through: Newest day with data.
--   left_to_spend: The amount less what is spent, as a double.
--   ends_at: Day the space was deleted, as far as a trail or the SageMaker API tells; nothing is spent after it.
with freshness as (
    select * from core.scope_freshness
),

life as (
    select * from core.space_life
),

-- A scope whose newest bill says nothing of days; single lines that last a month do not make it one.
newest_periods as (
    select
        scope_arn,
        billing_period,
        sum(monthly_count) as monthly_count,
        sum(charge_count) as charge_count,
        row_number() over (partition by scope_arn order by billing_period desc) as recency
    from core.scope_spend_daily
    group by scope_arn, billing_period
),

monthly as (
    select scope_arn from newest_periods
    where recency = 1 and 2 * monthly_count > charge_count
)

select
    periods.period_id,
    periods.scope_arn || ' ' || periods.billing_currency as scope_id,
    periods.period_start,
    periods.period_end,
    freshness.complete_through,
    freshness.data_through,
    cast(periods.amount - spend.spent as double) as left_to_spend,
    cast(life.deleted_at as date) as ends_at
from core.budget_period as periods
inner join core.budget_spend as spend
    on periods.budget_name = spend.budget_name and periods.period_start = spend.period_start
inner join freshness on periods.scope_arn = freshness.scope_arn
left join life on periods.scope_arn = life.space_arn
left join monthly on periods.scope_arn = monthly.scope_arn
where
    periods.period_end > freshness.complete_through
    -- Five years ahead is as far as a forecast goes.
    and periods.period_end <= freshness.complete_through + 1800
    and monthly.scope_arn is null
