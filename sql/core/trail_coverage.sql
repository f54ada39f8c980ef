-- From when to when trails tell of each account; one row per account. Outside of it silence says nothing.
-- grain: account_id
-- columns:
--   account_id: Account events were told to.
--   first_date: First UTC date with an event.
--   last_date: Last UTC date, up to the build's as_of, for which a trail that tells of it was delivered.
with counted as (
    select
        counts.source,
        counts.account_id,
        counts.event_date
    from raw.trail_counts as counts
    inner join raw.trails as trails on counts.source = trails.source
    cross join core.run
    where
        (trails.start_at is null or counts.event_date >= cast(trails.start_at as date))
        and counts.event_date <= run.as_of
),

sources as (
    select
        source,
        max(event_date) as last_date
    from counted
    group by source
)

select
    counted.account_id,
    min(counted.event_date) as first_date,
    max(sources.last_date) as last_date
from counted
inner join sources on counted.source = sources.source
where counted.account_id is not null
group by counted.account_id
