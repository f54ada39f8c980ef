-- How far each bill and trail reaches, what is missing of it, and what to do.
-- columns:
--   kind: bill or trail.
--   source: Name of the source.
--   role: ledger or compare; null of a trail.
--   newest_date: Newest UTC date with usage, or with a record of any service.
--   newest_event_at: Newest SageMaker call of a trail, UTC.
--   complete_through: Newest date of a bill whose usage is all there.
--   held_out_days: Newest days of a bill that still fill up.
--   is_learned: Whether past deliveries showed how many.
--   delivered_at: When its newest file was written, UTC.
--   days_behind: Days from newest_date to the day the build is about.
--   stale_after_days: After how many days a source counts as stale.
--   is_stale: Whether it does; one that is only compared never does.
--   missing_unit: months of a bill, days of a trail.
--   missing_count: How many between the first and the newest are missing.
--   missing_from: First UTC date of the newest missing stretch; null where none is.
--   missing_to: Last UTC date of it.
--   todo: What to do; null where there is nothing.
select
    kind,
    source,
    role,
    newest_date,
    newest_event_at,
    complete_through,
    held_out_days,
    is_learned,
    delivered_at,
    days_behind,
    stale_after_days,
    is_stale,
    missing_unit,
    missing_count,
    missing_from,
    missing_to,
    todo
from source_reach
order by kind, source
