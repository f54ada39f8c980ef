-- Spend of each space in the days that pages open with, in their month so far, and like for like.
-- columns:
--   days: shown, month, now or then.
--   space_arn: Space, lower case.
--   billing_currency: Currency of the amounts.
--   billed_cost: What is invoiced.
--   effective_cost: What was used, prepaid fees spread over their use, discounts taken.
--   amortized_cost: The same before negotiated discounts.
--   list_cost: At on-demand list prices.
select
    days,
    space_arn,
    billing_currency,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost,
    sum(amortized_cost) as amortized_cost,
    sum(list_cost) as list_cost
from span_totals
where space_arn is not null
group by days, space_arn, billing_currency
order by days, space_arn, billing_currency
