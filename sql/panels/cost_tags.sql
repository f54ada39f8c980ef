-- Which of SageMaker's tag keys the payer account has activated, since when, and what to do about the others.
-- columns:
--   payer_account_id: The payer account.
--   tag_key: The tag's key.
--   status: Active, Inactive, or Unlisted: no resource had it yet.
--   active_since: Day it was activated, UTC.
--   backfilled_from: First day whose bills were rewritten since.
--   last_used_on: Month a resource last had it, as its first day.
--   first_seen: UTC date of the first usage in the ledger that carries it.
--   command: The command that activates it; null where it is active.
--   command_note: Whose command it is, or what AWS is doing.
with tags as (
    select * from marts.cost_tags
)

select
    account_id as payer_account_id,
    tag_key,
    status,
    active_since,
    backfilled_from,
    last_used_on,
    first_seen,
    case
        when status = 'Inactive'
            then
                'aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=' || tag_key
                || ',Status=Active'
    end as command,
    case
        when status = 'Inactive' then 'in the payer account; takes up to 24 hours'
        when status = 'Unlisted' then 'AWS lists it a day after a resource has it'
        when is_backfill_running then 'AWS is rewriting past months'
    end as command_note
from tags
order by payer_account_id, tag_key
