-- The mart adds up to the calls it is made of, by space and day.
-- severity: fail
with calls as (
    select
        activity_date,
        space_arn,
        count(*) as event_count,
        count(case when is_write then 1 end) as write_event_count,
        count(error_code) as error_count,
        count(case when person_key is null then 1 end) as unidentified_event_count
    from core.activity
    group by activity_date, space_arn
)

select
    coalesce(mart.activity_date, calls.activity_date) as activity_date,
    coalesce(mart.space_arn, calls.space_arn) as space_arn,
    mart.event_count,
    calls.event_count as call_count
from marts.space_activity_daily as mart
full join calls on mart.activity_date = calls.activity_date and mart.space_arn = calls.space_arn
where
    coalesce(mart.event_count, 0) <> coalesce(calls.event_count, 0)
    or coalesce(mart.write_event_count, 0) <> coalesce(calls.write_event_count, 0)
    or coalesce(mart.error_count, 0) <> coalesce(calls.error_count, 0)
    or coalesce(mart.unidentified_event_count, 0) <> coalesce(calls.unidentified_event_count, 0)
