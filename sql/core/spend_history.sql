-- Daily spend as the forecast of the month reads it: of each space and domain, and of what pages add up together.
-- grain: scope_id, usage_date
-- columns:
--   scope_id: Space, domain or the name of a sum, and the currency, as one text.
--   scope: space, domain or sum.
--   scope_key: ARN of the space or domain, lower case; of a sum shared, private, spaces or all.
--   billing_currency: Currency of the amounts.
--   usage_date: UTC date, inside its billing period; days without charges are absent.
--   spent: Cost in the measure that budgets count.
--   spend: The same as a double.
--   is_complete: Whether the day has filled up.
--   data_through: Newest day with data.
--   complete_through: Newest day that has filled up.
with freshness as (
    select * from core.bill_freshness
),

charges as (
    select
        charges.usage_date,
        charges.billing_currency,
        charges.spent,
        charges.space_arn,
        coalesce(spaces.sharing_type, 'Shared') as sharing_type
    from core.budget_charge_daily as charges
    left join core.space_life as spaces on charges.space_arn = spaces.space_arn
    -- A MONTHLY export says nothing of days.
    where 2 * charges.monthly_count <= charges.charge_count
),

sums as (
    select
        'all' as scope_key,
        usage_date,
        billing_currency,
        spent
    from charges
    union all
    select
        'spaces' as scope_key,
        usage_date,
        billing_currency,
        spent
    from charges
    where space_arn is not null
    union all
    select
        lower(sharing_type) as scope_key,
        usage_date,
        billing_currency,
        spent
    from charges
    where space_arn is not null
),

added as (
    select
        scope_key,
        billing_currency,
        usage_date,
        sum(spent) as spent
    from sums
    group by scope_key, billing_currency, usage_date
)

select
    added.scope_key || ' ' || added.billing_currency as scope_id,
    'sum' as scope,
    added.scope_key,
    added.billing_currency,
    added.usage_date,
    added.spent,
    cast(added.spent as double) as spend,
    added.usage_date <= freshness.complete_through as is_complete,
    freshness.data_through,
    freshness.complete_through
from added
cross join freshness
union all
select
    history.scope_id,
    case when strpos(history.scope_arn, ':space/') > 0 then 'space' else 'domain' end as scope,
    history.scope_arn as scope_key,
    history.billing_currency,
    history.usage_date,
    history.spent,
    history.spend,
    history.is_complete,
    freshness.data_through,
    freshness.complete_through
from core.scope_history as history
inner join core.scope_freshness as freshness on history.scope_arn = freshness.scope_arn
