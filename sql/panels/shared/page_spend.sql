-- Every charge of the ledger by day, as pages add it up: each day lies in its billing period, so that days and months agree.
-- columns:
--   usage_date: UTC date the usage began, clamped into its billing period.
--   billing_period: Billing period.
--   account_id: Account that used it.
--   domain_arn: Domain, lower case; null where nothing names one.
--   space_arn: Space, lower case; null for cost outside spaces.
--   spend_category: What the money went to, from a closed list.
--   billing_currency: Currency of the amounts.
--   billed_cost: What is invoiced.
--   effective_cost: What was used, prepaid fees spread over their use, discounts taken.
--   amortized_cost: The same before negotiated discounts.
--   list_cost: At on-demand list prices.
select
    inside_period(usage_date, billing_period) as usage_date,
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
from marts.space_spend_daily
cross join core.run as run
where inside_period(usage_date, billing_period) <= run.as_of
group by
    inside_period(usage_date, billing_period),
    billing_period,
    account_id,
    domain_arn,
    space_arn,
    spend_category,
    billing_currency
