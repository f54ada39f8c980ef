-- When each app ran, from its creation to whatever ended it first; one row per creation.
-- grain: app_arn, started_at
-- columns:
--   app_arn: App ARN, lower case.
--   started_at: A successful CreateApp, UTC.
--   ended_at: DeleteApp, DeleteSpace, DeleteDomain or the next CreateApp of the same ARN, UTC; null while it runs.
--   counted_to: The same; of an app that still runs, the end of the last day its account's trail tells of.
--   ended_by: The call that ended it.
--   space_arn: Its space, lower case; null of a user profile's app.
--   app_type: App type.
--   instance_type: Instance type it was asked for with.
--   event_id: CloudTrail event of its creation.
with calls as (
    select
        events.*,
        activity.space_arn as belongs_to
    from core.trail_event as events
    left join core.activity as activity on events.event_key = activity.event_key
    where events.error_code is null
),

started as (
    select
        resource_arn as app_arn,
        event_at as started_at,
        min(account_id) as account_id,
        min(belongs_to) as space_arn,
        min(app_type) as app_type,
        min(instance_type) as instance_type,
        min(event_id) as event_id
    from calls
    where event_name = 'CreateApp' and is_app_arn(resource_arn)
    group by resource_arn, event_at
),

endings as (
    select
        started.app_arn,
        started.started_at,
        calls.event_at,
        calls.event_name
    from started
    inner join calls
        on
            started.app_arn = calls.resource_arn
            and calls.event_name in ('CreateApp', 'DeleteApp')
            and started.started_at < calls.event_at
    union all
    select
        started.app_arn,
        started.started_at,
        calls.event_at,
        calls.event_name
    from started
    inner join calls
        on
            started.space_arn = calls.named_space_arn
            and calls.event_name = 'DeleteSpace'
            and started.started_at < calls.event_at
    union all
    select
        started.app_arn,
        started.started_at,
        calls.event_at,
        calls.event_name
    from started
    inner join calls
        on
            domain_arn_of(started.app_arn) = calls.domain_arn
            and calls.event_name = 'DeleteDomain'
            and started.started_at < calls.event_at
),

ended as (
    select
        app_arn,
        started_at,
        event_at as ended_at,
        event_name as ended_by,
        row_number() over (partition by app_arn, started_at order by event_at, event_name) as ending_rank
    from endings
)

select
    started.app_arn,
    started.started_at,
    ended.ended_at,
    coalesce(
        ended.ended_at,
        greatest(cast(trail_coverage.last_date as timestamp) + interval '1' day, started.started_at),
        started.started_at
    ) as counted_to,
    ended.ended_by,
    started.space_arn,
    started.app_type,
    started.instance_type,
    started.event_id
from started
left join ended
    on started.app_arn = ended.app_arn and started.started_at = ended.started_at and ended.ending_rank = 1
left join core.trail_coverage on started.account_id = trail_coverage.account_id
