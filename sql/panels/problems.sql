-- What is wrong with the inputs now, and what to do.
-- columns:
--   source: Name of the source.
--   location: Address of the file or folder.
--   problem: Short name of the problem.
--   severity: error (held back), warning or notice.
--   detail: What is wrong and what to do, as recorded.
--   what: What is wrong.
--   todo: What to do; null where there is nothing.
--   billing_period: The period it concerns, where it is one.
--   first_seen_at: First run that saw it, UTC.
--   last_seen_at: Last run that saw it, UTC.
with problems as (
    select
        *,
        -- After a dash, or the last clause where it bids something.
        coalesce(
            nullif(regexp_extract(detail, '; this period keeps its previous version - (.+)$', 1), ''),
            nullif(
                regexp_extract(
                    detail, '; ((add|ask|choose|correct|deliver|export|fetch|point|remove|run|wait) [^;]+)$', 1
                ),
                ''
            )
        ) as told_todo
    from marts.ingest_problems
)

select
    source,
    location,
    problem,
    severity,
    detail,
    case
        when told_todo is null then detail
        else regexp_replace(left(detail, length(detail) - length(told_todo)), '( -|;) *$', '')
    end as what,
    coalesce(
        told_todo,
        case when problem = 'alert_channel_missing' then 'set the environment variable that alerts name' end
    ) as todo,
    billing_period,
    first_seen_at,
    last_seen_at
from problems
order by source, location, problem
