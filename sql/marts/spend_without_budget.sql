-- What budgets would count and no budget does: of spaces, of domains, and of nobody.
-- grain: billing_period, domain_arn, space_arn, billing_currency
-- columns:
--   billing_period: Billing period.
--   domain_arn: Domain, lower case; null where nothing names one.
--   space_arn: Space, lower case; null for cost outside spaces.
--   space_name: Name of that space, the best spelling known.
--   billing_currency: Currency of the amounts.
--   spent: Cost in the measure that budgets count, through the day the build is about.
with run as (
    select * from core.run
),

covered as (
    select distinct
        periods.scope_arn,
        periods.billing_currency,
        days.usage_date
    from core.budget_day as days
    inner join core.budget_period as periods
        on days.budget_name = periods.budget_name and days.period_start = periods.period_start
),

charges as (
    select charges.* from core.budget_charge_daily as charges
    cross join run
    where charges.usage_date <= run.as_of
)

select
    charges.billing_period,
    charges.domain_arn,
    charges.space_arn,
    max(spaces.space_name) as space_name,
    charges.billing_currency,
    sum(charges.spent) as spent
from charges
left join covered as space_covered
    on
        charges.space_arn = space_covered.scope_arn
        and charges.billing_currency = space_covered.billing_currency
        and charges.usage_date = space_covered.usage_date
left join covered as domain_covered
    on
        charges.domain_arn = domain_covered.scope_arn
        and charges.billing_currency = domain_covered.billing_currency
        and charges.usage_date = domain_covered.usage_date
left join core.known_space as spaces on charges.space_arn = spaces.space_arn
where space_covered.scope_arn is null and domain_covered.scope_arn is null
group by charges.billing_period, charges.domain_arn, charges.space_arn, charges.billing_currency
