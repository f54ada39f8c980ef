-- How AWS makes the bills that are configured, and since when; one row per report and time it said so.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, costs_source, kind, report_name, seen_from
-- columns:
--   source: Whose word it is: the API and the account.
--   costs_source: Name of the billing source.
--   kind: report: a legacy Cost and Usage Report; export: of Data Exports.
--   report_name: Its name in AWS.
--   bucket: Bucket it is delivered to.
--   prefix: Prefix in that bucket.
--   time_unit: HOURLY, DAILY or MONTHLY; null where unsaid.
--   versioning: CREATE_NEW_REPORT or OVERWRITE_REPORT.
--   refreshes_closed_months: Whether months that are closed are delivered again.
--   has_resource_ids: Whether lines carry resource ids; null where that is no option.
--   status: How its last delivery went, or its health.
--   seen_from: Run that first saw it so, UTC.
--   seen_until: Run that saw it so no longer, UTC; null while it stands.
select
    null::varchar as source,
    null::varchar as costs_source,
    null::varchar as kind,
    null::varchar as report_name,
    null::varchar as bucket,
    null::varchar as prefix,
    null::varchar as time_unit,
    null::varchar as versioning,
    null::boolean as refreshes_closed_months,
    null::boolean as has_resource_ids,
    null::varchar as status,
    null::timestamp as seen_from,
    null::timestamp as seen_until
where false
