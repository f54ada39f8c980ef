-- Spend in the days that pages open with, in their month so far, and like for like, by space; of cost outside spaces by
-- domain.
-- columns:
--   days: shown, month, now or then.
--   space_arn: Space, lower case; null for cost outside spaces.
--   domain_arn: Domain, lower case; null where nothing names one.
--   billing_currency: Currency of the amounts.
--   billed_cost: What is invoiced.
--   effective_cost: What was used, prepaid fees spread over their use, discounts taken.
--   amortized_cost: The same before negotiated discounts.
--   list_cost: At on-demand list prices.
with spans as (
    select
        'shown' as days,
        recent_from as first_day,
        shown_to as last_day
    from days_shown
    union all
    select
        'month' as days,
        cast(date_trunc('month', shown_to) as date) as first_day,
        shown_to as last_day
    from days_shown
    union all
    select
        'now' as days,
        now_from as first_day,
        now_to as last_day
    from days_shown
    union all
    select
        'then' as days,
        then_from as first_day,
        then_to as last_day
    from days_shown
)

select
    spans.days,
    spend.space_arn,
    spend.domain_arn,
    spend.billing_currency,
    sum(spend.billed_cost) as billed_cost,
    sum(spend.effective_cost) as effective_cost,
    sum(spend.amortized_cost) as amortized_cost,
    sum(spend.list_cost) as list_cost
from spans
inner join page_spend as spend on spend.usage_date between spans.first_day and spans.last_day
group by spans.days, spend.space_arn, spend.domain_arn, spend.billing_currency
