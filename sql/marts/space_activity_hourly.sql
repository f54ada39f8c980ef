-- When people and programs call in each space: calls by hour of the day; one row per UTC date, hour, space and account.
-- grain: activity_date, hour_of_day, space_arn, account_id
-- columns:
--   activity_date: UTC date.
--   hour_of_day: UTC hour, 0 to 23.
--   space_arn: Space, lower case.
--   account_id: Account of the caller.
--   event_count: Calls that belong to the space, failed ones too.
--   write_event_count: Those that are not read-only.
--   human_event_count: Those that may show a person at work: a write call, CreatePresignedDomainUrl or StartSession.
with activity as (
    select
        *,
        cast(extract('hour' from event_at) as integer) as hour_of_day
    from core.activity
)

select
    activity_date,
    hour_of_day,
    space_arn,
    account_id,
    count(*) as event_count,
    count(case when is_write then 1 end) as write_event_count,
    count(case when is_human then 1 end) as human_event_count
from activity
group by activity_date, hour_of_day, space_arn, account_id
