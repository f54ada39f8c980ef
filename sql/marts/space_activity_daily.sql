-- What happened in each space on each day: calls, people, apps; one row per UTC date and space.
-- grain: activity_date, space_arn
-- columns:
--   activity_date: UTC date.
--   space_arn: Space, lower case.
--   space_name: The best spelling known; null of a space that only failed calls name.
--   domain_arn: Its domain, lower case.
--   event_count: Calls that belong to the space, failed ones too.
--   write_event_count: Those that are not read-only.
--   error_count: Those that failed.
--   active_users: Distinct identified people.
--   unidentified_event_count: Calls that no evidence names a person for.
--   apps_started: Successful CreateApp calls.
--   app_hours: Hours its apps ran, added up.
--   resources_created: Successful calls that made a resource other than an app, space, profile or domain.
--   peak_concurrent_users: Most people with write calls in one UTC quarter hour.
with activity as (
    select * from core.activity
),

quarters as (
    select
        activity_date,
        space_arn,
        count(distinct person_key) as user_count
    from activity
    where is_write and person_key is not null
    group by
        activity_date,
        space_arn,
        extract('hour' from event_at),
        floor(extract('minute' from event_at) / 15)
),

peaks as (
    select
        activity_date,
        space_arn,
        max(user_count) as peak_concurrent_users
    from quarters
    group by activity_date, space_arn
),

calls as (
    select
        activity_date,
        space_arn,
        count(*) as event_count,
        count(case when is_write then 1 end) as write_event_count,
        count(error_code) as error_count,
        count(distinct person_key) as active_users,
        count(case when person_key is null then 1 end) as unidentified_event_count,
        count(case when event_name = 'CreateApp' and error_code is null then 1 end) as apps_started,
        count(
            case
                when
                    starts_with(event_name, 'Create')
                    and resource_arn is not null
                    and error_code is null
                    and event_name not in ('CreateApp', 'CreateSpace', 'CreateUserProfile', 'CreateDomain')
                    then 1
            end
        ) as resources_created
    from activity
    group by activity_date, space_arn
),

apps as (
    select
        activity_date,
        space_arn,
        sum(app_hours) as app_hours
    from core.app_day
    where space_arn is not null
    group by activity_date, space_arn
),

days as (
    select
        coalesce(calls.activity_date, apps.activity_date) as activity_date,
        coalesce(calls.space_arn, apps.space_arn) as space_arn,
        coalesce(calls.event_count, 0) as event_count,
        coalesce(calls.write_event_count, 0) as write_event_count,
        coalesce(calls.error_count, 0) as error_count,
        coalesce(calls.active_users, 0) as active_users,
        coalesce(calls.unidentified_event_count, 0) as unidentified_event_count,
        coalesce(calls.apps_started, 0) as apps_started,
        coalesce(apps.app_hours, 0) as app_hours,
        coalesce(calls.resources_created, 0) as resources_created
    from calls
    full join apps on calls.activity_date = apps.activity_date and calls.space_arn = apps.space_arn
)

select
    days.activity_date,
    days.space_arn,
    known_space.space_name,
    domain_arn_of(days.space_arn) as domain_arn,
    days.event_count,
    days.write_event_count,
    days.error_count,
    days.active_users,
    days.unidentified_event_count,
    days.apps_started,
    days.app_hours,
    days.resources_created,
    coalesce(peaks.peak_concurrent_users, 0) as peak_concurrent_users
from days
left join peaks on days.activity_date = peaks.activity_date and days.space_arn = peaks.space_arn
left join core.known_space on days.space_arn = known_space.space_arn
