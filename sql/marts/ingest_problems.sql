-- What is wrong with the inputs now; one row per source, place and problem.
-- grain: source, location, problem
-- columns:
--   source: Name of the source.
--   location: Address of the file or folder.
--   problem: Short name of the problem.
--   severity: error (held back), warning or notice.
--   detail: What is wrong and what to do.
--   billing_period: The period it concerns, where known.
--   first_seen_at: First run that saw it, UTC.
--   last_seen_at: Last run that saw it, UTC.
select
    source,
    location,
    problem,
    severity,
    detail,
    billing_period,
    first_seen_at,
    last_seen_at
from raw.ingest_problems
where is_open
