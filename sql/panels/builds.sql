-- The last two hundred builds that were published, the newest first: what a report that somebody signed may be of.
-- columns:
--   build_id: The build.
--   built_at: When, UTC.
select
    build_id,
    built_at
from raw.builds
order by built_at desc, build_id asc
limit 200
