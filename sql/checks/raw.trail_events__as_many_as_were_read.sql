-- Every log file has as many records in the ledger as were kept when it was read.
-- severity: fail
with held as (
    select
        source,
        file_id,
        count(*) as event_count
    from raw.trail_events
    group by source, file_id
)

select
    coalesce(files.source, held.source) as source,
    coalesce(files.file_id, held.file_id) as file_id,
    files.kept_event_count,
    held.event_count
from raw.trail_files as files
full join held on files.source = held.source and files.file_id = held.file_id
where coalesce(files.kept_event_count, 0) <> coalesce(held.event_count, 0)
