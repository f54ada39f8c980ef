-- AWS's own budgets by period: those in which AWS told of them, that of the day the build is about, and planned ones.
-- What AWS said last within a period stays with it.
-- grain: account_id, aws_budget_name, period_start
-- columns:
--   account_id: Account the budget stands in.
--   aws_budget_name: Its name there.
--   period_start: First day of the period, UTC; null for a CUSTOM budget without one.
--   period_end: Last day of the period.
--   time_unit: DAILY, MONTHLY, QUARTERLY, ANNUALLY or CUSTOM.
--   budget_type: COST, USAGE, or a type of reservations or Savings Plans.
--   unit: Unit of the amounts: a currency where it is a budget of costs.
--   amount: Its limit: the planned one where there is one for the period.
--   aws_actual: What AWS last said within the period is spent or used; null where it said nothing, or only on the first
--     day, as much as of the period before or more: AWS counts anew some hours late.
--   aws_forecast: What AWS last forecast within the period; null likewise.
--   metric: AWS's cost metric.
--   cost_types: Which charges it counts, as AWS names them.
--   filters: Its filters in words.
--   not_bound_because: Why its filters are not exactly some spaces or domains; null where they are.
--   auto_adjust: HISTORICAL or FORECAST where AWS sets the limit by itself.
--   health: Status, and the reason where it is not healthy.
--   is_listed: Whether AWS listed the budget when it was last asked.
--   said_at: Run that first saw these figures, UTC; null where AWS said none within the period.
--   told_until: Run that saw this version of it no longer, UTC; null while it stands.
with run as (
    select * from core.run
),

-- A version that ended was seen at the latest by a run before the one that missed it. One that stands is true through
-- the last time AWS answered: silence since then says nothing of later periods.
versions as (
    select
        told.*,
        cast(told.seen_from as date) as first_day,
        greatest(
            cast(told.seen_from as date),
            coalesce(cast(told.seen_until as date) - 1, cast(asked.taken_at as date), cast(told.seen_from as date))
        ) as last_day
    from raw.aws_budgets as told
    left join raw.api_snapshots as asked on told.source = asked.source
),

newest as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by account_id, aws_budget_name
                order by case when seen_until is null then 0 else 1 end, seen_from desc
            ) as version_rank
        from versions
    )
    where version_rank = 1
),

-- The first limit of a budget that begins within a period is keyed by that day. Of two in one period the later stands.
limits as (
    select
        limits.account_id,
        limits.aws_budget_name,
        aws_periods_of(newest.time_unit, newest.start_date, limits.period_start, limits.period_start)[1]
            as period_start,
        max_by(limits.amount, limits.period_start) as amount
    from raw.aws_budget_limits as limits
    inner join newest
        on limits.account_id = newest.account_id and limits.aws_budget_name = newest.aws_budget_name
    where
        limits.seen_until is null
        and newest.seen_until is null
        and limits.period_start <= coalesce(newest.end_date, limits.period_start)
    group by all
),

-- AWS lists a budget that has ended: its figures are those of its last period.
heard as (
    select
        account_id,
        aws_budget_name,
        seen_from,
        unnest(
            aws_periods_of(
                time_unit,
                start_date,
                least(greatest(first_day, start_date), end_date),
                greatest(least(last_day, end_date), least(greatest(first_day, start_date), end_date))
            )
        ) as period_start
    from versions
),

said as (
    select
        account_id,
        aws_budget_name,
        period_start,
        max(seen_from) as seen_from
    from heard
    cross join run
    where period_start <= run.as_of or period_start is null
    group by account_id, aws_budget_name, period_start
),

standing as (
    select
        newest.*,
        least(greatest(run.as_of, coalesce(newest.start_date, run.as_of)), coalesce(newest.end_date, run.as_of))
            as day
    from newest
    cross join run
    where newest.seen_until is null
),

periods as (
    select
        account_id,
        aws_budget_name,
        period_start
    from said
    union
    select
        account_id,
        aws_budget_name,
        unnest(aws_periods_of(time_unit, start_date, day, day)) as period_start
    from standing
    union
    select
        limits.account_id,
        limits.aws_budget_name,
        limits.period_start
    from limits
),

-- A period that AWS told nothing of is shown as the budget is now.
shown as (
    select
        periods.account_id,
        periods.aws_budget_name,
        periods.period_start,
        coalesce(said.seen_from, newest.seen_from) as seen_from,
        said.seen_from as said_at,
        newest.seen_until is null as is_listed
    from periods
    inner join newest
        on periods.account_id = newest.account_id and periods.aws_budget_name = newest.aws_budget_name
    left join said
        on
            periods.account_id = said.account_id
            and periods.aws_budget_name = said.aws_budget_name
            and periods.period_start is not distinct from said.period_start
),

told as (
    select
        shown.account_id,
        shown.aws_budget_name,
        shown.period_start,
        aws_period_end(versions.time_unit, versions.end_date, shown.period_start) as period_end,
        versions.time_unit,
        versions.budget_type,
        versions.unit,
        coalesce(limits.amount, versions.amount) as amount,
        case when shown.said_at is not null then versions.aws_actual end as aws_actual,
        case when shown.said_at is not null then versions.aws_forecast end as aws_forecast,
        versions.metric,
        versions.cost_types,
        versions.filters,
        versions.not_bound_because,
        versions.auto_adjust,
        versions.health,
        shown.is_listed,
        shown.said_at,
        versions.seen_until as told_until,
        versions.time_unit <> 'DAILY' and versions.last_day <= shown.period_start as is_of_first_day
    from shown
    inner join versions
        on
            shown.account_id = versions.account_id
            and shown.aws_budget_name = versions.aws_budget_name
            and shown.seen_from = versions.seen_from
    left join limits
        on
            shown.account_id = limits.account_id
            and shown.aws_budget_name = limits.aws_budget_name
            and shown.period_start = limits.period_start
),

before as (
    select
        *,
        lag(aws_actual) over budget as actual_before,
        lag(period_end) over budget as end_before
    from told
    window budget as (partition by account_id, aws_budget_name order by period_start)
),

-- AWS counts anew up to 12 hours late: what it says on a first day, no less than at the end of the period before, is of
-- that one. Of a daily budget it cannot be told.
late as (
    select
        *,
        is_of_first_day
        and end_before = period_start - 1
        and actual_before > 0
        and coalesce(aws_actual >= actual_before, false) as is_of_period_before
    from before
)

select
    account_id,
    aws_budget_name,
    period_start,
    period_end,
    time_unit,
    budget_type,
    unit,
    amount,
    case when is_of_period_before is not true then aws_actual end as aws_actual,
    case when is_of_period_before is not true then aws_forecast end as aws_forecast,
    metric,
    cost_types,
    filters,
    not_bound_because,
    auto_adjust,
    health,
    is_listed,
    case when is_of_period_before is not true then said_at end as said_at,
    told_until
from late
