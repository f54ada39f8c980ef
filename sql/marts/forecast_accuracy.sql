-- How good forecasts like today's were: of each space and domain with a budget, on the same day of past periods.
-- grain: scope_arn, billing_currency, period
-- columns:
--   scope_arn: Space or domain, lower case.
--   billing_currency: Currency of the amounts.
--   period: monthly, quarterly or annual.
--   period_count: Past periods that were forecast again, twelve at most.
--   within_count: Four fifths of them, rounded up: the periods whose forecast was within error_ratio.
--   error_ratio: The greatest error of those, as a share of what the period came to; null where a period came to nothing.
--   covered_count: Periods that came to lie in the 80 % band.
--   median_error_ratio: The error in the middle.
--   run_rate_error_ratio: The same of the run-rate line.
with replays as (
    select
        replay.scope_id,
        replay.period,
        replayed.period_start,
        replayed.actual,
        abs(replayed.forecast - replayed.actual) / nullif(abs(replayed.actual), 0) as error_ratio,
        abs(replayed.run_rate - replayed.actual) / nullif(abs(replayed.actual), 0) as run_rate_error_ratio,
        case
            when replayed.actual between replayed.forecast_low - 0.000001 and replayed.forecast_high + 0.000001 then 1
            else 0
        end as is_covered
    from core.replayed_forecast as replayed
    inner join core.forecast_replay as replay
        on
            replayed.scope_id = replay.scope_id
            and replayed.period_start = replay.period_start
            and replayed.period_end = replay.period_end
            and replayed.as_of = replay.as_of
),

ranked as (
    select
        *,
        row_number() over (
            partition by scope_id, period order by error_ratio asc nulls last, period_start asc
        ) as error_rank,
        count(*) over (partition by scope_id, period) as period_count
    from replays
),

placed as (
    select
        *,
        cast(ceil(0.8 * period_count) as bigint) as within_count
    from ranked
),

scopes as (
    select distinct
        scope_arn || ' ' || billing_currency as scope_id,
        scope_arn,
        billing_currency
    from core.budget_period
)

select
    scopes.scope_arn,
    scopes.billing_currency,
    placed.period,
    max(placed.period_count) as period_count,
    max(placed.within_count) as within_count,
    max(case when placed.error_rank = placed.within_count then placed.error_ratio end) as error_ratio,
    cast(sum(placed.is_covered) as bigint) as covered_count,
    median(placed.error_ratio) as median_error_ratio,
    median(placed.run_rate_error_ratio) as run_rate_error_ratio
from placed
inner join scopes on placed.scope_id = scopes.scope_id
group by scopes.scope_arn, scopes.billing_currency, placed.period
