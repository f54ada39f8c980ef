-- Spend like for like of every space for the first view, in the measure that pages open with.
-- columns:
--   space_arn: Space, lower case; null for cost outside spaces.
--   domain_arn: Domain of cost outside spaces; null where nothing names one.
--   billing_currency: Currency of the amounts.
--   now_cost: The month through its newest complete day.
--   then_cost: As many days of the month before.
with spend as (
    select
        span_totals.days,
        span_totals.space_arn,
        case when span_totals.space_arn is null then span_totals.domain_arn end as domain_arn,
        span_totals.billing_currency,
        measured(
            run.cost_metric,
            span_totals.effective_cost,
            span_totals.amortized_cost,
            span_totals.billed_cost,
            span_totals.list_cost
        ) as cost
    from span_totals
    cross join core.run as run
    where span_totals.days in ('now', 'then')
)

select
    space_arn,
    domain_arn,
    billing_currency,
    sum(case when days = 'now' then cost end) as now_cost,
    sum(case when days = 'then' then cost end) as then_cost
from spend
group by space_arn, domain_arn, billing_currency
order by space_arn, domain_arn, billing_currency
