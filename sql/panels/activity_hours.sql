-- Calls in each space by UTC date and hour of the day.
-- shard: billing_period
-- columns:
--   activity_date: UTC date.
--   billing_period: Month of that date.
--   hour_of_day: UTC hour, 0 to 23.
--   space_arn: Space, lower case.
--   domain_arn: Its domain, lower case.
--   account_id: Account of the caller.
--   event_count: Calls, failed ones too.
--   write_event_count: Those that are not read-only.
--   human_event_count: Those that may show a person at work.
with activity as (
    select * from marts.space_activity_hourly
)

select
    activity_date,
    strftime(activity_date, '%Y-%m') as billing_period,
    hour_of_day,
    space_arn,
    domain_arn_of(space_arn) as domain_arn,
    account_id,
    event_count,
    write_event_count,
    human_event_count
from activity
order by activity_date, hour_of_day, space_arn, account_id
