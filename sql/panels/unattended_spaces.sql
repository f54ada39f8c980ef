-- What the last 30 days cost in each space while nobody was seen at work.
-- columns:
--   space_arn: Space, lower case.
--   billing_currency: Currency of the amounts.
--   cost_low: Low end, in the measure that budgets count.
--   cost_high: High end.
select
    space_arn,
    billing_currency,
    sum(cost_low) as cost_low,
    sum(cost_high) as cost_high
from unattended_rows
where space_arn is not null
group by space_arn, billing_currency
order by space_arn, billing_currency
