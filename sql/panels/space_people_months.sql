-- What each space costs per active person by month, and whether one person does most in it.
-- shard: space_arn
-- columns:
--   billing_period: Billing period.
--   space_arn: Space, lower case.
--   billing_currency: Currency of the amounts.
--   active_users: Distinct identified people.
--   people: not told, nobody seen, unidentified only, one person, two to five, or more than five.
--   event_count: Calls.
--   unidentified_event_count: Calls that no evidence names a person for.
--   unidentified_share: Their part of all calls; null without calls.
--   top_user_name: The identified person with most calls.
--   top_user_share: Their part of the calls of identified people.
--   cost_per_active_user: Effective cost over active_users; null without one.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: Cost at on-demand list prices.
with people as (
    select * from marts.space_people_monthly
),

spend as (
    select * from marts.space_spend_monthly
    where space_arn is not null
)

select
    people.billing_period,
    people.space_arn,
    people.billing_currency,
    people.active_users,
    people.people,
    people.event_count,
    people.unidentified_event_count,
    people.unidentified_share,
    people.top_user_name,
    people.top_user_share,
    people.cost_per_active_user,
    spend.billed_cost,
    spend.effective_cost,
    spend.amortized_cost,
    spend.list_cost
from people
left join spend
    on
        people.billing_period = spend.billing_period
        and people.space_arn = spend.space_arn
        and people.billing_currency = spend.billing_currency
order by people.space_arn, people.billing_period, people.billing_currency
