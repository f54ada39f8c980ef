-- Which of SageMaker's tag keys are active in the payer account, since when, and since when charges carry them.
select
    account_id,
    tag_key,
    status,
    active_since,
    backfilled_from,
    is_backfill_running,
    last_used_on,
    first_seen
from marts.cost_tags
order by account_id, tag_key
