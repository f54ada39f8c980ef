-- Everything a pull or a load found wrong, kept until it is gone for good.
-- loaded: by each run; the select below is its empty shape.
-- grain: source, location, problem, billing_period
-- columns:
--   source: Name of the source.
--   location: Address of the file or folder.
--   problem: Short name of the problem.
--   severity: error (held back), warning or notice.
--   detail: What is wrong and what to do.
--   billing_period: The period it concerns, where known.
--   first_seen_at: First run that saw it, UTC.
--   last_seen_at: Last run that saw it, UTC.
--   is_open: Whether the last run still saw it.
--   closed_at: Run that saw it no longer, UTC; what opens again later is seen for the first time.
--   origin: pull, api or alert (looked at anew by each run), build (by each build), load or trail (stands as long as its delivery or log file does).
--   identity: Identity of the delivery a load problem belongs to, or what an API was asked as.
select
    null::varchar as source,
    null::varchar as location,
    null::varchar as problem,
    null::varchar as severity,
    null::varchar as detail,
    null::varchar as billing_period,
    null::timestamp as first_seen_at,
    null::timestamp as last_seen_at,
    null::boolean as is_open,
    null::timestamp as closed_at,
    null::varchar as origin,
    null::varchar as identity
where false
