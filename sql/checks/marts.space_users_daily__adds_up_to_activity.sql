-- People and unidentified calls of a space and day add up to its activity.
-- severity: fail
with users as (
    select
        activity_date,
        space_arn,
        sum(event_count) as event_count,
        sum(write_event_count) as write_event_count,
        sum(case when user_name is null then event_count else 0 end) as unidentified_event_count
    from marts.space_users_daily
    group by activity_date, space_arn
)

select
    coalesce(users.activity_date, activity.activity_date) as activity_date,
    coalesce(users.space_arn, activity.space_arn) as space_arn,
    users.event_count as of_users,
    activity.event_count
from users
full join marts.space_activity_daily as activity
    on users.activity_date = activity.activity_date and users.space_arn = activity.space_arn
where
    coalesce(users.event_count, 0) <> coalesce(activity.event_count, 0)
    or coalesce(users.write_event_count, 0) <> coalesce(activity.write_event_count, 0)
    or coalesce(users.unidentified_event_count, 0) <> coalesce(activity.unidentified_event_count, 0)
