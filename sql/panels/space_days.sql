-- Spend of each space by day; before core.recent_days.days_from one row stands for a month.
-- shard: space_arn
-- columns:
--   usage_date: UTC date inside its billing period; the first of the month where the row stands for one.
--   by_month: Whether the row stands for a month.
--   space_arn: Space, lower case.
--   account_id: Account that used it.
--   spend_category: What the money went to.
--   instance_type: ML instance type.
--   purchase_option: On-Demand, Spot, Savings Plan or Reserved.
--   attribution_method: The rule that attributed it.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: Cost at on-demand list prices.
--   usage_hours: Hours used, where the unit is hours.
with spend as (
    select
        spend.*,
        inside_period(spend.usage_date, spend.billing_period) as inside_date,
        recent_days.days_from
    from marts.space_spend_daily as spend
    cross join core.recent_days
    cross join core.run as run
    where
        spend.space_arn is not null
        and inside_period(spend.usage_date, spend.billing_period) <= run.as_of
),

days as (
    select
        *,
        inside_date < days_from as is_old,
        case when inside_date < days_from then date_trunc('month', inside_date) else inside_date end as shown_date
    from spend
)

select
    shown_date::date as usage_date,
    is_old as by_month,
    space_arn,
    account_id,
    spend_category,
    instance_type,
    purchase_option,
    attribution_method,
    billing_currency,
    sum(billed_cost) as billed_cost,
    sum(effective_cost) as effective_cost,
    sum(amortized_cost) as amortized_cost,
    sum(list_cost) as list_cost,
    sum(usage_hours) as usage_hours
from days
group by
    shown_date,
    is_old,
    space_arn,
    account_id,
    spend_category,
    instance_type,
    purchase_option,
    attribution_method,
    billing_currency
order by
    space_arn,
    shown_date,
    account_id,
    spend_category,
    instance_type,
    purchase_option,
    attribution_method,
    billing_currency
