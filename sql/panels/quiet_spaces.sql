-- Spaces that cost money in the last 30 days of data while no call shows a person at work in them.
-- columns:
--   window_start: First day of the 30.
--   space_arn: Space, lower case.
--   domain_arn: Its domain, lower case.
--   account_id: Its account.
--   last_active_at: Newest call ever that may show a person at work, UTC; null where none was seen.
--   last_activity_at: Newest call of any kind, UTC.
--   days_since: Days from last_active_at to the last day of the 30; null where none was seen.
--   told: Whether a trail tells of each of the 30 days in its account and region; where not, nothing is known of its people.
--   told_days: How many of the 30 a trail tells of.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost of the 30 days.
--   effective_cost: FOCUS EffectiveCost of the 30 days.
--   amortized_cost: Amortized cost before negotiated discounts of the 30 days.
--   list_cost: Cost at on-demand list prices of the 30 days.
with run as (
    select * from core.run
),

usage_spend as (
    select spend.*
    from marts.space_spend_daily as spend
    cross join run
    where spend.space_arn is not null and spend.purchase_option is not null and spend.usage_date <= run.as_of
),

window_days as (
    select
        max(usage_date) as window_end,
        max(usage_date) - 29 as window_start
    from usage_spend
),

spend as (
    select
        window_days.window_start,
        window_days.window_end,
        usage_spend.space_arn,
        usage_spend.billing_currency,
        sum(usage_spend.billed_cost) as billed_cost,
        sum(usage_spend.effective_cost) as effective_cost,
        sum(usage_spend.amortized_cost) as amortized_cost,
        sum(usage_spend.list_cost) as list_cost
    from usage_spend
    cross join window_days
    where usage_spend.usage_date between window_days.window_start and window_days.window_end
    group by window_days.window_start, window_days.window_end, usage_spend.space_arn, usage_spend.billing_currency
),

-- A call after the last day with usage counts too: the bill lags, the person does not.
people as (
    select
        activity.space_arn,
        max(activity.event_at) as last_active_at,
        max(activity.activity_date) as last_active_date
    from core.activity as activity
    cross join run
    where activity.is_human and activity.activity_date <= run.as_of
    group by activity.space_arn
),

told as (
    select
        coverage.account_id,
        coverage.region,
        count(*) as told_days
    from core.trail_coverage as coverage
    cross join window_days
    where coverage.told_date between window_days.window_start and window_days.window_end
    group by coverage.account_id, coverage.region
)

select
    spend.window_start,
    spend.space_arn,
    domain_arn_of(spend.space_arn) as domain_arn,
    arn_account_id(spend.space_arn) as account_id,
    people.last_active_at,
    spaces.last_activity_at,
    (spend.window_end - people.last_active_date)::integer as days_since,
    coalesce(told.told_days, 0) = 30 as told,
    coalesce(told.told_days, 0)::integer as told_days,
    spend.billing_currency,
    spend.billed_cost,
    spend.effective_cost,
    spend.amortized_cost,
    spend.list_cost
from spend
left join people on spend.space_arn = people.space_arn
left join marts.spaces as spaces on spend.space_arn = spaces.space_arn
left join told
    on arn_account_id(spend.space_arn) = told.account_id and arn_region(spend.space_arn) = told.region
where
    (people.last_active_date is null or people.last_active_date < spend.window_start)
    and (spend.billed_cost <> 0 or spend.effective_cost <> 0 or spend.amortized_cost <> 0 or spend.list_cost <> 0)
order by spend.space_arn, spend.billing_currency
