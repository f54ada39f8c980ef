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

reach as (
    select distinct
        account_id,
        region,
        last_date
    from core.trail_coverage
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

-- The next call of the same app, by a window: a join of all starts with all later calls grows with their square.
app_calls as (
    select distinct
        resource_arn as app_arn,
        event_at,
        event_name
    from calls
    where event_name in ('CreateApp', 'DeleteApp') and is_app_arn(resource_arn)
),

moments as (
    select
        app_arn,
        event_at,
        min(event_name) as event_name
    from app_calls
    group by app_arn, event_at
),

following as (
    select
        app_arn,
        event_at,
        lead(event_at) over (partition by app_arn order by event_at) as next_at,
        lead(event_name) over (partition by app_arn order by event_at) as next_name
    from moments
),

-- Deletions of spaces and domains are few.
deletions as (
    select distinct
        'DeleteSpace' as event_name,
        named_space_arn as arn,
        event_at
    from calls
    where event_name = 'DeleteSpace'
    union
    select distinct
        'DeleteDomain' as event_name,
        domain_arn as arn,
        event_at
    from calls
    where event_name = 'DeleteDomain'
),

owned as (
    select
        app_arn,
        started_at,
        space_arn as arn
    from started
    union all
    select
        app_arn,
        started_at,
        domain_arn_of(app_arn) as arn
    from started
),

above as (
    select
        owned.app_arn,
        owned.started_at,
        min(deletions.event_at) as deleted_at,
        min_by(deletions.event_name, deletions.event_at) as event_name
    from owned
    inner join deletions on owned.arn = deletions.arn and owned.started_at < deletions.event_at
    group by owned.app_arn, owned.started_at
),

ended as (
    select
        started.app_arn,
        started.started_at,
        least(following.next_at, above.deleted_at) as ended_at,
        case
            when above.deleted_at < coalesce(following.next_at, above.deleted_at + interval '1' second)
                then above.event_name
            else following.next_name
        end as ended_by
    from started
    left join following on started.app_arn = following.app_arn and started.started_at = following.event_at
    left join above on started.app_arn = above.app_arn and started.started_at = above.started_at
)

select
    started.app_arn,
    started.started_at,
    ended.ended_at,
    coalesce(
        ended.ended_at,
        greatest(cast(reach.last_date as timestamp) + interval '1' day, started.started_at),
        started.started_at
    ) as counted_to,
    ended.ended_by,
    started.space_arn,
    started.app_type,
    started.instance_type,
    started.event_id
from started
left join ended
    on started.app_arn = ended.app_arn and started.started_at = ended.started_at
left join reach on started.account_id = reach.account_id and arn_region(started.app_arn) = reach.region
