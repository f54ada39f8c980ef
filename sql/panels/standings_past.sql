-- How the budgets of spaces ended in each of the last six months, added up.
-- columns:
--   month: The month that their periods ended in.
--   account_id: Account of the spaces.
--   domain_arn: Their domain.
--   team: Their team, from the owners file.
--   sharing_type: Shared or Private; an unknown one counts as shared.
--   billing_currency: Currency of the amounts.
--   breached_count: Budgets that ended breached.
--   remaining: What they left.
select
    month,
    account_id,
    domain_arn,
    team,
    sharing_type,
    billing_currency,
    cast(count(case when status = 'breached' then 1 end) as integer) as breached_count,
    sum(remaining) as remaining
from standing_rows
where not is_now
group by month, account_id, domain_arn, team, sharing_type, billing_currency
order by month, account_id, domain_arn, team, sharing_type, billing_currency
