-- Spend by day of the months that pages know day by day.
-- shard: billing_period
-- columns:
--   billing_period: Billing period.
--   usage_date: UTC date inside it.
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
    page_spend.billing_period,
    page_spend.usage_date,
    page_spend.account_id,
    page_spend.domain_arn,
    page_spend.space_arn,
    page_spend.spend_category,
    page_spend.billing_currency,
    page_spend.billed_cost,
    page_spend.effective_cost,
    page_spend.amortized_cost,
    page_spend.list_cost
from page_spend
cross join days_shown
where page_spend.usage_date >= days_shown.daily_from
order by billing_period, usage_date, account_id, domain_arn, space_arn, spend_category, billing_currency
