-- What trails delivered, of any service; one row per trail, account, UTC date and service. Counted as delivered, one call
-- in two log files too; but a log file that lies, or lay, in two places counts once.
-- grain: source, account_id, event_date, event_source
-- columns:
--   source: Name of the trail.
--   account_id: Account the events were told to.
--   event_date: UTC date they took place.
--   event_source: The AWS service called.
--   event_count: Records; 0 where LookupEvents was asked for the day and knew of no call.
with files as (
    -- CloudTrail gives each log file a name of its own, which stays wherever it is copied to, packed or not.
    select
        source,
        file_id,
        event_count,
        replace(split_part(object_key, '/', -1), '.gz', '') as file_name
    from raw.trail_files
),

repeated as (
    select
        source,
        file_name,
        event_count,
        min(file_id) as first_id
    from files
    where contains(file_name, '_CloudTrail_') and event_count > 0
    group by source, file_name, event_count
    having count(*) > 1
),

copies as (
    select
        files.source,
        files.file_id
    from files
    inner join repeated
        on
            files.source = repeated.source
            and files.file_name = repeated.file_name
            and files.event_count = repeated.event_count
            and files.file_id <> repeated.first_id
)

select
    counts.source,
    counts.account_id,
    counts.event_date,
    counts.event_source,
    cast(sum(counts.event_count) as bigint) as event_count
from raw.trail_counts as counts
inner join raw.trails as trails on counts.source = trails.source
anti join copies on counts.source = copies.source and counts.file_id = copies.file_id
where trails.start_at is null or counts.event_date >= cast(trails.start_at as date)
group by counts.source, counts.account_id, counts.event_date, counts.event_source
