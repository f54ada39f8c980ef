-- What the forecast of the month is asked: each space, domain and sum whose month is not all in yet.
-- grain: period_id
-- columns:
--   period_id: The same as scope_id: each is asked of one month.
--   scope_id: Space, domain or the name of a sum, and the currency, as one text.
--   scope: space, domain or sum.
--   scope_key: ARN of the space or domain, lower case; of a sum shared, private, spaces or all.
--   billing_currency: Currency of the amounts.
--   period_start: First day of the month that the build is about, or of the newest with usage if that is earlier.
--   period_end: Last day of it.
--   complete_through: Newest day that has filled up.
--   data_through: Newest day with data.
--   left_to_spend: Null: no amount is held against it.
--   ends_at: Day the space was deleted, as far as a trail or the SageMaker API tells; nothing is spent after it.
with scopes as (
    select distinct
        scope_id,
        scope,
        scope_key,
        billing_currency,
        complete_through,
        data_through
    from core.spend_history
),

months as (
    select date_trunc('month', least(run.as_of, last_day(freshness.data_through))) as month_start
    from core.bill_freshness as freshness
    cross join core.run as run
)

select
    scopes.scope_id as period_id,
    scopes.scope_id,
    scopes.scope,
    scopes.scope_key,
    scopes.billing_currency,
    cast(months.month_start as date) as period_start,
    last_day(months.month_start) as period_end,
    scopes.complete_through,
    scopes.data_through,
    cast(null as double) as left_to_spend,
    cast(life.deleted_at as date) as ends_at
from scopes
cross join months
left join core.space_life as life on scopes.scope_key = life.space_arn
where last_day(months.month_start) > scopes.complete_through
