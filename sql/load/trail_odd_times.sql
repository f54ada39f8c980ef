-- How many records of a batch say a time that cannot be, by file: of SageMaker's the moment counts, of others the day.
with odd as (
    select
        file_id,
        1 as event_count
    from batch_events
    where event_moment(event_time, delivered_at) is null
    union all
    select
        file_id,
        event_count
    from batch_counts
    where event_source <> 'sagemaker.amazonaws.com' and event_moment(event_day, delivered_at) is null
)

select
    batch_files.object_key,
    sum(odd.event_count)::bigint as event_count
from odd
inner join batch_files on odd.file_id = batch_files.file_id
group by all
order by all
