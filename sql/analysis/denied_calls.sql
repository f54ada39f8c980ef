-- Who was refused what in which space, the most frequent first.
-- parameter since: a date, 2026-09-01; all of the trail unless given
select
    activity.space_arn,
    coalesce(activity.user_name, 'unidentified') as user_name,
    activity.event_name,
    activity.error_code,
    count(*) as event_count,
    max(activity.event_at) as last_event_at
from core.activity as activity
where
    activity.error_code is not null
    and activity.activity_date >= coalesce(cast($since as date), date '1970-01-01')
group by activity.space_arn, coalesce(activity.user_name, 'unidentified'), activity.event_name, activity.error_code
order by event_count desc, last_event_at desc, user_name asc
limit 100
