-- The hours of each space and day hold as many calls as the day: all, and those that are not read-only.
-- severity: fail
with hours as (
    select
        activity_date,
        space_arn,
        sum(event_count) as event_count,
        sum(write_event_count) as write_event_count
    from marts.space_activity_hourly
    group by activity_date, space_arn
)

select
    coalesce(days.activity_date, hours.activity_date) as activity_date,
    coalesce(days.space_arn, hours.space_arn) as space_arn,
    days.event_count as of_the_day,
    hours.event_count as of_its_hours
from marts.space_activity_daily as days
full join hours on days.activity_date = hours.activity_date and days.space_arn = hours.space_arn
where
    coalesce(days.event_count, 0) <> coalesce(hours.event_count, 0)
    or coalesce(days.write_event_count, 0) <> coalesce(hours.write_event_count, 0)
