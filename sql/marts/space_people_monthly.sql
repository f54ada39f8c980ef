-- What each space costs per active person, and whether one person does most in it; one row per month, space and currency.
-- Months are calendar months of activity beside the billing period of the spend.
-- grain: billing_period, space_arn, billing_currency
-- columns:
--   billing_period: Billing period, '2026-09'.
--   space_arn: Space, lower case.
--   space_name: The best spelling known.
--   sharing_type: Shared or Private; null where unknown, which counts as shared.
--   billing_currency: Currency of the amounts.
--   effective_cost: Spend of the space, all charge categories.
--   active_users: Distinct identified people; 0 where none was seen.
--   cost_per_active_user: effective_cost over active_users; null without one.
--   event_count: Calls.
--   unidentified_event_count: Calls that no evidence names a person for.
--   unidentified_share: Their part of all calls; null without calls.
--   top_user_name: The identified person with most calls.
--   top_user_share: Their part of the calls of identified people.
--   people: not told where no trail tells of a day of the month in its account and region; else nobody seen, unidentified only, one person, two to five, or more than five.
with activity as (
    select
        *,
        strftime(event_at, '%Y-%m') as billing_period
    from core.activity
),

calls as (
    select
        billing_period,
        space_arn,
        count(*) as event_count,
        count(distinct person_key) as active_users,
        count(case when person_key is null then 1 end) as unidentified_event_count
    from activity
    group by billing_period, space_arn
),

-- A person whose names the owners file joins is one here, whatever accounts they call from.
people as (
    select
        billing_period,
        space_arn,
        person_key,
        min(user_name) as user_name,
        count(*) as event_count
    from activity
    where person_key is not null
    group by billing_period, space_arn, person_key
),

ranked as (
    select
        *,
        event_count / sum(event_count) over (partition by billing_period, space_arn) as share,
        row_number() over (partition by billing_period, space_arn order by event_count desc, user_name asc, person_key asc)
            as person_rank
    from people
),

told as (
    select distinct
        account_id,
        region,
        strftime(told_date, '%Y-%m') as billing_period
    from core.trail_coverage
),

spend as (
    select * from marts.space_spend_monthly
    where space_arn is not null
)

select
    spend.billing_period,
    spend.space_arn,
    spaces.space_name,
    space_life.sharing_type,
    spend.billing_currency,
    spend.effective_cost,
    coalesce(calls.active_users, 0) as active_users,
    case
        when calls.active_users > 0 then cast(spend.effective_cost / calls.active_users as decimal(38, 12))
    end as cost_per_active_user,
    coalesce(calls.event_count, 0) as event_count,
    coalesce(calls.unidentified_event_count, 0) as unidentified_event_count,
    case when calls.event_count > 0 then calls.unidentified_event_count / calls.event_count end as unidentified_share,
    ranked.user_name as top_user_name,
    ranked.share as top_user_share,
    case
        when calls.event_count is null and told.billing_period is null then 'not told'
        when calls.event_count is null then 'nobody seen'
        when calls.active_users = 0 then 'unidentified only'
        when calls.active_users = 1 then 'one person'
        when calls.active_users <= 5 then 'two to five'
        else 'more than five'
    end as people
from spend
left join calls on spend.billing_period = calls.billing_period and spend.space_arn = calls.space_arn
left join ranked
    on
        spend.billing_period = ranked.billing_period
        and spend.space_arn = ranked.space_arn
        and ranked.person_rank = 1
left join told
    on
        spend.billing_period = told.billing_period
        and arn_account_id(spend.space_arn) = told.account_id
        and arn_region(spend.space_arn) = told.region
left join core.known_space as spaces on spend.space_arn = spaces.space_arn
left join core.space_life on spend.space_arn = space_life.space_arn
