-- What trails delivered, of any service; one row per trail, account, UTC date and service. Counted as delivered, copies
-- of one call too.
-- grain: source, account_id, event_date, event_source
-- columns:
--   source: Name of the trail.
--   account_id: Account the events were told to.
--   event_date: UTC date they took place.
--   event_source: The AWS service called.
--   event_count: Records; 0 where LookupEvents was asked for the day and knew of no call.
select
    counts.source,
    counts.account_id,
    counts.event_date,
    counts.event_source,
    cast(sum(counts.event_count) as bigint) as event_count
from raw.trail_counts as counts
inner join raw.trails as trails on counts.source = trails.source
where trails.start_at is null or counts.event_date >= cast(trails.start_at as date)
group by counts.source, counts.account_id, counts.event_date, counts.event_source
