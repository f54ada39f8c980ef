-- How far each bill reaches, as the build sees it: its newest day with usage, and the newest that has filled up.
-- grain: source
-- columns:
--   source: Name of the billing source.
--   data_through: Newest date with usage, not after the day the build is about.
--   complete_through: Newest date whose usage is all there.
--   held_out_days: Newest days that still fill up: as past deliveries showed, two until they do.
--   is_learned: Whether past deliveries showed it.
with run as (
    select * from core.run
),

newest as (
    select
        source,
        max(data_through) as data_through
    from core.period
    where role = 'ledger' and data_through is not null
    group by source
),

lag as (
    select * from core.usage_lag
)

select
    newest.source,
    least(newest.data_through, run.as_of) as data_through,
    least(newest.data_through - coalesce(lag.held_out_days, 2), run.as_of) as complete_through,
    coalesce(lag.held_out_days, 2) as held_out_days,
    lag.held_out_days is not null as is_learned
from newest
cross join run
left join lag on newest.source = lag.source
