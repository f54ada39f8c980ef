-- A recorded call as CloudTrail delivered it, with the log file it came in: what an attribution's evidence points at.
-- parameter event: part of the event's id; the newest calls unless given
select
    events.event_id,
    events.event_at,
    events.event_name,
    events.identity_arn,
    events.error_code,
    events.request,
    events.response,
    events.identity,
    files.source,
    files.object_key
from raw.trail_events as events
inner join raw.trail_files as files on events.source = files.source and events.file_id = files.file_id
where contains(lower(events.event_id), lower(coalesce($event, '')))
order by events.event_at desc, events.event_id asc, files.object_key asc
limit 20
