-- What budgets would count and no budget does: of spaces, of domains, and of nobody.
-- columns:
--   billing_period: Billing period.
--   space_arn: Space, lower case; null for cost outside spaces.
--   domain_arn: Domain, lower case; null where nothing names one.
--   account_id: Account of the space or domain; null where nothing names one.
--   billing_currency: Currency of the amounts.
--   spent: In the measure that budgets count.
select
    billing_period,
    space_arn,
    domain_arn,
    arn_account_id(coalesce(space_arn, domain_arn)) as account_id,
    billing_currency,
    spent
from marts.spend_without_budget
where spent <> 0
order by billing_period, domain_arn, space_arn, billing_currency
