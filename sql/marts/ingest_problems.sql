-- What is wrong with the inputs now; one row per source, place and problem.
-- grain: source, location, problem
-- columns:
--   source: Name of the source.
--   location: Address of the file or folder.
--   problem: Short name of the problem.
--   severity: error (held back), warning or notice.
--   detail: What is wrong and what to do.
--   billing_period: The period it concerns, where it is one.
--   first_seen_at: First run that saw it, UTC.
--   last_seen_at: Last run that saw it, UTC.
select
    source,
    location,
    problem,
    severity,
    min(detail) as detail,
    case when count(distinct billing_period) = 1 then min(billing_period) end as billing_period,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at
from raw.ingest_problems
where is_open
group by source, location, problem, severity
