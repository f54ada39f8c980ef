-- How far each bill reaches, as the build sees it: its newest day with usage, and the newest that has filled up.
-- grain: source
-- columns:
--   source: Name of the billing source.
--   newest_usage_date: Newest date with usage, inside its billing period and not after the build itself: some lines bear
--     dates to come.
--   data_through: The same, not after the day the build is about.
--   complete_through: Newest date whose usage is all there.
--   held_out_days: Newest days that still fill up: as past deliveries showed, two until they do.
--   is_learned: Whether past deliveries showed it.
with run as (
    select * from core.run
),

newest as (
    select
        source,
        max(least(data_through, last_day(cast(billing_period || '-01' as date)))) as newest_usage_date
    from core.period
    where role = 'ledger' and data_through is not null
    group by source
),

lag as (
    select * from core.usage_lag
)

select
    newest.source,
    least(newest.newest_usage_date, cast(run.built_at as date)) as newest_usage_date,
    least(newest.newest_usage_date, cast(run.built_at as date), run.as_of) as data_through,
    least(
        least(newest.newest_usage_date, cast(run.built_at as date)) - coalesce(lag.held_out_days, 2), run.as_of
    ) as complete_through,
    coalesce(lag.held_out_days, 2) as held_out_days,
    lag.held_out_days is not null as is_learned
from newest
cross join run
left join lag on newest.source = lag.source
