-- How far the bills reach as a whole, for what none of them names; one row. A payer account that was left months ago holds
-- nothing back.
-- columns:
--   data_through: The least of the newest days with usage of sources that still deliver; null without a bill.
--   complete_through: The least of the newest days whose usage is all there.
with newest as (
    select max(data_through) as data_through from core.source_freshness
)

select
    min(freshness.data_through) as data_through,
    min(freshness.complete_through) as complete_through
from core.source_freshness as freshness
cross join newest
where freshness.data_through >= newest.data_through - 7
