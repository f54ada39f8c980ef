-- What happened in each space by day; before core.recent_days.days_from one row stands for a month.
-- shard: billing_period
-- columns:
--   activity_date: UTC date; the first of the month where the row stands for one.
--   billing_period: Month of that date.
--   by_month: Whether the row stands for a month.
--   space_arn: Space, lower case.
--   domain_arn: Its domain, lower case.
--   account_id: Its account.
--   event_count: Calls, failed ones too.
--   write_event_count: Those that are not read-only.
--   error_count: Those that failed.
--   apps_started: Successful CreateApp calls.
--   app_hours: Hours its apps ran, to four decimals.
--   active_users: Distinct identified people; null of a month.
--   peak_concurrent_users: Most people with write calls in one quarter hour; null of a month.
with activity as (
    select
        activity.*,
        recent_days.days_from > activity.activity_date as is_old
    from marts.space_activity_daily as activity
    cross join core.recent_days
),

days as (
    select
        *,
        case when is_old then date_trunc('month', activity_date) else activity_date end as shown_date
    from activity
)

select
    shown_date::date as activity_date,
    strftime(shown_date, '%Y-%m') as billing_period,
    is_old as by_month,
    space_arn,
    domain_arn_of(space_arn) as domain_arn,
    arn_account_id(space_arn) as account_id,
    sum(event_count)::bigint as event_count,
    sum(write_event_count)::bigint as write_event_count,
    sum(error_count)::bigint as error_count,
    sum(apps_started)::bigint as apps_started,
    round(sum(app_hours), 4) as app_hours,
    case when not is_old then max(active_users) end as active_users,
    case when not is_old then max(peak_concurrent_users) end as peak_concurrent_users
from days
group by shown_date, is_old, space_arn
order by shown_date, space_arn
