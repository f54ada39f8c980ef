-- Notes which log files a batch was read from, `batch_files`, and how many SageMaker records of each are kept: those
-- whose time can be.
with kept as (
    select
        file_id,
        count(*) as kept_event_count
    from batch_events
    where event_moment(event_time, delivered_at) is not null
    group by file_id
)

select
    batch_files.*,
    coalesce(kept.kept_event_count, 0) as kept_event_count
from batch_files
left join kept on batch_files.file_id = kept.file_id
