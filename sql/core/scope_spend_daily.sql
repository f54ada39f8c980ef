-- What budgets count of each space and each domain, by day.
-- grain: scope_arn, billing_currency, usage_date
-- partition: billing_period
-- columns:
--   scope_arn: Space or domain, lower case.
--   billing_currency: Currency of the amounts.
--   usage_date: UTC date, inside its billing period.
--   billing_period: Billing period.
--   spent: Cost in the measure that budgets count.
--   charge_count: Delivered lines.
--   monthly_count: Lines of usage of a MONTHLY export.
with charges as (
    select * from core.budget_charge_daily
),

scopes as (
    select
        space_arn as scope_arn,
        billing_currency,
        usage_date,
        billing_period,
        spent,
        charge_count,
        monthly_count
    from charges
    where space_arn is not null
    union all
    select
        domain_arn as scope_arn,
        billing_currency,
        usage_date,
        billing_period,
        spent,
        charge_count,
        monthly_count
    from charges
    where domain_arn is not null
)

select
    scope_arn,
    billing_currency,
    usage_date,
    billing_period,
    sum(spent) as spent,
    cast(sum(charge_count) as bigint) as charge_count,
    cast(sum(monthly_count) as bigint) as monthly_count
from scopes
group by scope_arn, billing_currency, usage_date, billing_period
