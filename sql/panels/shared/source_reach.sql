-- How far each bill and trail reaches, what is missing of it, and what to do.
-- columns:
--   kind: bill or trail.
--   source: Name of the source.
--   role: ledger or compare; null of a trail.
--   newest_date: Newest UTC date with usage, or with a record of any service.
--   newest_event_at: Newest SageMaker call of a trail, UTC.
--   complete_through: Newest date of a bill whose usage is all there.
--   held_out_days: Newest days of a bill that still fill up.
--   is_learned: Whether past deliveries showed how many.
--   delivered_at: When its newest file was written, UTC.
--   days_behind: Days from newest_date to the day the build is about.
--   stale_after_days: After how many days a source counts as stale.
--   is_stale: Whether it does; one that is only compared never does.
--   missing_unit: months of a bill, days of a trail.
--   missing_count: How many between the first and the newest are missing.
--   missing_from: First UTC date of the newest missing stretch; null where none is.
--   missing_to: Last UTC date of it.
--   todo: What to do; null where there is nothing.
with run as (
    select * from core.run
),

bill_months as (
    select distinct
        source,
        (billing_period || '-01')::date as month
    from raw.deliveries
    where is_current
),

bill_spans as (
    select
        source,
        unnest(generate_series(min(month), max(month), interval '1' month))::date as month
    from bill_months
    group by source
),

missing_months as (
    select
        *,
        datediff('month', date '1970-01-01', month)
        - row_number() over (partition by source order by month) as stretch
    from bill_spans
    anti join bill_months using (source, month)
),

trail_days as (
    select distinct
        counts.source,
        counts.event_date as day
    from marts.trail_events_daily as counts
    cross join run
    where counts.event_date <= run.as_of
),

trail_spans as (
    select
        source,
        unnest(generate_series(min(day), max(day), interval '1' day))::date as day
    from trail_days
    group by source
),

missing_days as (
    select
        *,
        datediff('day', date '1970-01-01', day) - row_number() over (partition by source order by day) as stretch
    from trail_spans
    anti join trail_days using (source, day)
),

stretches as (
    select
        'bill' as kind,
        source,
        min(month) as missing_from,
        last_day(max(month)) as missing_to,
        count(*) as missing_count
    from missing_months
    group by source, stretch
    union all
    select
        'trail' as kind,
        source,
        min(day) as missing_from,
        max(day) as missing_to,
        count(*) as missing_count
    from missing_days
    group by source, stretch
),

missing as (
    select
        kind,
        source,
        max(missing_from) as missing_from,
        max(missing_to) as missing_to,
        sum(missing_count)::bigint as missing_count
    from stretches
    group by kind, source
),

deliveries as (
    select
        source,
        max(role) as role,
        max(delivered_at) as delivered_at
    from raw.deliveries
    where is_current
    group by source
),

periods as (
    select
        period.source,
        max(least(period.data_through, last_day((period.billing_period || '-01')::date), run.as_of)) as newest_date
    from core.period as period
    cross join run
    group by period.source
),

files as (
    select
        source,
        max(delivered_at) as delivered_at
    from raw.trail_files
    group by source
),

events as (
    select
        source,
        max(event_at) as newest_event_at
    from core.trail_event
    group by source
),

newest_days as (
    select
        source,
        max(day) as newest_date
    from trail_days
    group by source
),

sources as (
    select
        'bill' as kind,
        deliveries.source,
        deliveries.role,
        coalesce(freshness.data_through, periods.newest_date) as newest_date,
        null::timestamp as newest_event_at,
        freshness.complete_through,
        freshness.held_out_days,
        freshness.is_learned,
        deliveries.delivered_at
    from deliveries
    left join core.source_freshness as freshness on deliveries.source = freshness.source
    left join periods on deliveries.source = periods.source
    union all
    select
        'trail' as kind,
        trails.source,
        null as role,
        newest_days.newest_date,
        events.newest_event_at,
        null as complete_through,
        null as held_out_days,
        null as is_learned,
        files.delivered_at
    from raw.trails as trails
    left join newest_days on trails.source = newest_days.source
    left join events on trails.source = events.source
    left join files on trails.source = files.source
),

-- A bill by month bears the first day of its month: it is late once that month is over.
newest_charges as (
    select
        source,
        monthly_count,
        charge_count,
        billing_period = max(billing_period) over (partition by source) as is_newest
    from core.budget_charge_daily
),

kinds as (
    select
        source,
        2 * sum(monthly_count) > sum(charge_count) as is_monthly
    from newest_charges
    where is_newest
    group by source
),

judged as (
    select
        sources.*,
        (run.as_of - sources.newest_date)::integer as days_behind,
        run.stale_after_days,
        coalesce(sources.role, 'ledger') = 'ledger'
        and coalesce(
            run.as_of - case when kinds.is_monthly then last_day(sources.newest_date) else sources.newest_date end
            > run.stale_after_days,
            sources.kind = 'trail'
        ) as is_stale,
        case sources.kind when 'bill' then 'months' else 'days' end as missing_unit,
        coalesce(missing.missing_count, 0) as missing_count,
        missing.missing_from,
        missing.missing_to
    from sources
    cross join run
    left join kinds on sources.kind = 'bill' and sources.source = kinds.source
    left join missing on sources.kind = missing.kind and sources.source = missing.source
)

select
    *,
    case
        when kind = 'trail' and newest_date is null
            then 'nothing was read of it: point its uri at the folder that holds AWSLogs/'
        when is_stale and kind = 'bill'
            then 'see that AWS still delivers it, once a day at least, and that it may be read: `spaceledger doctor`'
        when is_stale
            then 'see that the trail is still logging and that its bucket may be read: `spaceledger doctor`'
        when missing_count > 0 and kind = 'bill'
            then 'have AWS export the missing months again, or copy them to its uri, and run again'
        when missing_count > 0
            then 'see whether the trail was stopped then; of these days nobody may be called idle'
    end as todo
from judged
