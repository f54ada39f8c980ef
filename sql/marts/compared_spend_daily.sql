-- The same bill in two formats, side by side by space and day; empty unless a source has role compare.
-- grain: billing_period, usage_date, space_arn, compared_source, billing_currency
-- columns:
--   billing_period: Billing period.
--   usage_date: UTC date the usage began.
--   space_arn: Space, lower case; null for cost outside spaces.
--   compared_source: Name of the source with role compare.
--   billing_currency: Currency of the amounts.
--   ledger_effective_cost: Effective cost in the ledger.
--   compared_effective_cost: Effective cost by the other format.
--   difference: The one less the other; zero where the formats agree.
with compared as (
    select
        billing_period,
        usage_date,
        space_arn,
        source as compared_source,
        billing_currency,
        effective_cost as compared_effective_cost,
        cast(0 as decimal(38, 12)) as ledger_effective_cost
    from core.charge
    where role = 'compare'
),

pairs as (
    select distinct
        billing_period,
        compared_source,
        billing_currency
    from compared
),

ledger as (
    select
        spend.billing_period,
        spend.usage_date,
        spend.space_arn,
        pairs.compared_source,
        spend.billing_currency,
        cast(0 as decimal(38, 12)) as compared_effective_cost,
        spend.effective_cost as ledger_effective_cost
    from marts.space_spend_daily as spend
    inner join pairs
        on
            spend.billing_period = pairs.billing_period
            and spend.billing_currency = pairs.billing_currency
),

rows as (
    select * from compared
    union all
    select * from ledger
)

select
    billing_period,
    usage_date,
    space_arn,
    compared_source,
    billing_currency,
    sum(ledger_effective_cost) as ledger_effective_cost,
    sum(compared_effective_cost) as compared_effective_cost,
    sum(ledger_effective_cost) - sum(compared_effective_cost) as difference
from rows
group by billing_period, usage_date, space_arn, compared_source, billing_currency
