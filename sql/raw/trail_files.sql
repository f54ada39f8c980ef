-- Every log file read, the refused ones too, so that none is read twice; one row per file.
-- loaded: by the load step; the select below is its empty shape.
-- grain: source, file_id
-- columns:
--   source: Name of the trail.
--   file_id: A hash of its key.
--   object_key: Its key below the trail's uri.
--   size: Its size in bytes.
--   modified_ns: When it was last written, nanoseconds since 1970.
--   etag: Its ETag; empty for a local file; of a day that LookupEvents was asked for "settled-", "whole-" or "open-", as
--     it was asked for days after its end, after it or before, and a hash of what it holds.
--   delivered_at: When it was delivered, as its key says, UTC.
--   read_at: When it was read, UTC.
--   event_count: Records in it.
--   sagemaker_event_count: Those of SageMaker.
--   kept_event_count: Those of SageMaker whose time can be, which raw.trail_events holds.
--   problem: Why it was set aside; null where it was read.
select
    null::varchar as source,
    null::bigint as file_id,
    null::varchar as object_key,
    null::bigint as size,
    null::bigint as modified_ns,
    null::varchar as etag,
    null::timestamp as delivered_at,
    null::timestamp as read_at,
    null::bigint as event_count,
    null::bigint as sagemaker_event_count,
    null::bigint as kept_event_count,
    null::varchar as problem
where false
