-- How each space stands against its budgets now: the gravest status, and the amounts of the one that ends first.
-- columns:
--   space_arn: Space, lower case.
--   billing_currency: Currency of the amounts.
--   status: Where the budget stands.
--   is_over_or_near: Whether the amount is reached, likely to be, or near.
--   amount: What may be spent in the period.
--   remaining: The amount less what is spent.
select
    space_arn,
    billing_currency,
    status,
    status in ('breached', 'breach_forecast', 'watch') as is_over_or_near,
    amount,
    remaining
from standing_rows
where is_now
order by space_arn, billing_currency
