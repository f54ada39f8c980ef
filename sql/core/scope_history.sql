-- Daily spend of each space and domain as forecasts and anomalies read it.
-- grain: scope_id, usage_date
-- columns:
--   scope_id: Space or domain and currency, as one text.
--   scope_arn: Space or domain, lower case.
--   billing_currency: Currency of the amounts.
--   usage_date: UTC date, inside its billing period; days without charges are absent.
--   spent: Cost in the measure that budgets count.
--   spend: The same as a double.
--   is_complete: Whether the day has filled up.
--   complete_through: Newest day of this scope that has filled up.
with spend as (
    select * from core.scope_spend_daily
),

freshness as (
    select * from core.scope_freshness
)

select
    spend.scope_arn || ' ' || spend.billing_currency as scope_id,
    spend.scope_arn,
    spend.billing_currency,
    spend.usage_date,
    spend.spent,
    cast(spend.spent as double) as spend,
    spend.usage_date <= freshness.complete_through as is_complete,
    freshness.complete_through
from spend
inner join freshness on spend.scope_arn = freshness.scope_arn
-- Charges dated after the newest usage are fees; a MONTHLY export says nothing of days.
where spend.usage_date <= freshness.data_through and 2 * spend.monthly_count <= spend.charge_count
