-- Spend of each space in the days that pages open with, and like for like: the month through the newest usage, and as many
-- days of the month before.
-- columns:
--   days: shown, now or then.
--   space_arn: Space, lower case.
--   billing_currency: Currency of the amounts.
--   billed_cost: What is invoiced.
--   effective_cost: What was used, prepaid fees spread over their use, discounts taken.
--   amortized_cost: The same before negotiated discounts.
--   list_cost: At on-demand list prices.
with ends as (
    select
        recent_from,
        shown_to,
        case
            when date_trunc('month', least(shown_to, data_through)) = date_trunc('month', shown_to)
                then least(shown_to, data_through)
            else shown_to
        end as now_to
    from days_shown
),

spans as (
    select
        'shown' as days,
        recent_from as first_day,
        shown_to as last_day
    from ends
    union all
    select
        'now' as days,
        cast(date_trunc('month', now_to) as date) as first_day,
        now_to as last_day
    from ends
    union all
    select
        'then' as days,
        cast(date_trunc('month', now_to) - interval '1' month as date) as first_day,
        cast(now_to - interval '1' month as date) as last_day
    from ends
)

select
    spans.days,
    spend.space_arn,
    spend.billing_currency,
    sum(spend.billed_cost) as billed_cost,
    sum(spend.effective_cost) as effective_cost,
    sum(spend.amortized_cost) as amortized_cost,
    sum(spend.list_cost) as list_cost
from spans
inner join page_spend as spend on spend.usage_date between spans.first_day and spans.last_day
where spend.space_arn is not null
group by spans.days, spend.space_arn, spend.billing_currency
order by spans.days, spend.space_arn, spend.billing_currency
