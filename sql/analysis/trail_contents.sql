-- What each trail delivered: how many records of how many services, and how many of SageMaker, which alone tell of spaces.
select
    source,
    account_id,
    min(event_date) as first_date,
    max(event_date) as last_date,
    sum(event_count) as event_count,
    count(distinct event_source) as services,
    sum(case when event_source = 'sagemaker.amazonaws.com' then event_count else 0 end) as sagemaker_event_count
from marts.trail_events_daily
group by source, account_id
order by source asc, account_id asc
