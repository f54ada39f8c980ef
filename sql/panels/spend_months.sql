-- Spend by month of the whole ledger.
-- columns:
--   billing_period: Billing period.
--   account_id: Account that used it.
--   domain_arn: Domain, lower case; null where nothing names one.
--   space_arn: Space, lower case; null for cost outside spaces.
--   spend_category: What the money went to.
--   billing_currency: Currency of the amounts.
--   billed_cost: What is invoiced.
--   effective_cost: What was used, prepaid fees spread over their use, discounts taken.
--   amortized_cost: The same before negotiated discounts.
--   list_cost: At on-demand list prices.
select
    billing_period,
    account_id,
    domain_arn,
    space_arn,
    spend_category,
    billing_currency,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost,
    sum(amortized_cost) as amortized_cost,
    sum(list_cost) as list_cost
from page_spend
group by billing_period, account_id, domain_arn, space_arn, spend_category, billing_currency
order by billing_period, account_id, domain_arn, space_arn, spend_category, billing_currency
