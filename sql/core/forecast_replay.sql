-- Past periods to forecast again as on the same day of the period: how far off would the forecast of today's budgets have
-- been? Twelve periods at most, each after the scope's first day.
-- grain: scope_id, period, period_start, as_of
-- columns:
--   scope_id: Space or domain and currency, as one text.
--   period: monthly, quarterly or annual.
--   period_start: First day of the past period.
--   period_end: Last day of the past period.
--   as_of: The day it is forecast as on.
with run as (
    select * from core.run
),

reach as (
    select
        scope_id,
        min(usage_date) as first_date,
        min(complete_through) as complete_through
    from core.scope_history
    group by scope_id
),

-- Budgets of one scope and period ask the same.
asked as (
    select distinct
        periods.scope_arn || ' ' || periods.billing_currency as scope_id,
        periods.period,
        periods.period_start as current_start,
        datediff('day', periods.period_start, run.as_of) as day_number
    from core.budget_period as periods
    cross join run
    where run.as_of between periods.period_start and periods.period_end and periods.period <> 'custom'
),

past as (
    select
        asked.scope_id,
        asked.period,
        asked.day_number,
        asked.current_start,
        reach.first_date,
        reach.complete_through,
        unnest(periods_of(asked.period, reach.first_date, asked.current_start)) as period_start
    from asked
    inner join reach on asked.scope_id = reach.scope_id
),

ended as (
    select
        *,
        cast(period_start + to_months(period_months(period)) - interval '1' day as date) as period_end,
        row_number() over (partition by scope_id, period order by period_start desc) as recency
    from past
    where period_start < current_start
)

select
    scope_id,
    period,
    period_start,
    period_end,
    least(period_end, period_start + cast(day_number as integer)) as as_of
from ended
where
    recency <= 12
    and period_end <= complete_through
    -- A forecast needs a complete day; of its newest days two are held out.
    and least(period_end, period_start + cast(day_number as integer)) >= first_date + 2
