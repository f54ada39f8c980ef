-- Counts a batch of records of any service, `batch_counts`, by the UTC date they took place.
select
    source,
    file_id,
    account_id,
    region,
    event_moment(event_day, delivered_at)::date as event_date,
    event_source,
    sum(event_count)::bigint as event_count
from batch_counts
where event_moment(event_day, delivered_at) is not null
group by all
