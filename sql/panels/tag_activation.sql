-- Since when each SageMaker tag is seen on charges, by account: first seen, as the day of its activation is known to AWS
-- alone.
-- columns:
--   account_id: Account that used it.
--   tag_key: The tag's key.
--   billing_currency: Currency of the amounts.
--   first_seen: UTC date of the first usage that carries it; null where none does.
--   last_seen: UTC date of the last.
--   first_usage_date: UTC date of the account's first usage in the ledger.
--   is_from_start: Whether it is seen from the account's first day on, so that its activation may be older.
--   effective_cost: Effective cost of all its usage in the ledger.
--   effective_cost_before: Of usage before first_seen; of all of it where the tag was never seen.
--   effective_cost_since: Of usage since.
--   tagged_effective_cost: Of usage that carries the tag.
--   share_before: Part of the cost that lies before first_seen.
--   tagged_share_since: Part of the cost since first_seen that carries the tag.
with tags as (
    select * from marts.tags_first_seen
)

select
    account_id,
    tag_key,
    billing_currency,
    first_seen,
    last_seen,
    first_usage_date,
    coalesce(first_seen <= first_usage_date, false) as is_from_start,
    effective_cost,
    effective_cost_before,
    effective_cost_since,
    tagged_effective_cost,
    share_before,
    tagged_share_since
from tags
order by account_id, tag_key, billing_currency
