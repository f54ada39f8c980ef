-- Every call that trails tell of is there, and none that they do not.
-- severity: fail
with delivered as (
    select events.*
    from raw.trail_events as events
    inner join raw.trails as trails on events.source = trails.source
    where trails.start_at is null or events.event_at >= trails.start_at
),

missing as (
    select
        'missing' as problem,
        coalesce(shared_event_id, event_id) as event_key
    from delivered
    where original_event_id is null
    except
    select
        'missing' as problem,
        event_key
    from core.trail_event
),

invented as (
    select
        'unknown' as problem,
        event_id as event_key
    from core.trail_event
    where event_id is not null
    except
    select
        'unknown' as problem,
        event_id as event_key
    from delivered
)

select * from missing
where event_key is not null
union all
select * from invented
