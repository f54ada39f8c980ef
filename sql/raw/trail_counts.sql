-- How many records each log file holds, of any service, as delivered; one row per file, account,
-- region, day and service.
-- loaded: by the load step; the select below is its empty shape.
-- grain: source, file_id, account_id, region, event_date, event_source
-- columns:
--   source: Name of the trail.
--   file_id: The log file.
--   account_id: Account the events were told to.
--   region: AWS region they took place in.
--   event_date: UTC date they took place.
--   event_source: The AWS service called.
--   event_count: Records; 0 where LookupEvents was asked for the day and knew of no call.
select
    null::varchar as source,
    null::bigint as file_id,
    null::varchar as account_id,
    null::varchar as region,
    null::date as event_date,
    null::varchar as event_source,
    null::bigint as event_count
where false
