-- How much of usage each attribution method explains, by account and domain, of the days shown by themselves.
-- columns:
--   usage_date: UTC date inside its billing period.
--   account_id: Account that used it.
--   domain_arn: Domain, lower case; null where nothing names one.
--   attribution_method: The rule that attributed it.
--   billing_currency: Currency of the amounts.
--   effective_cost: FOCUS EffectiveCost; a method's share is its part of the sum over all methods.
with spend as (
    select spend.* replace (inside_period(spend.usage_date, spend.billing_period) as usage_date)
    from marts.space_spend_daily as spend
    cross join core.recent_days
    cross join core.run as run
    where
        inside_period(spend.usage_date, spend.billing_period) <= run.as_of
        and is_priced_usage(spend.charge_category, spend.spend_category)
        and inside_period(spend.usage_date, spend.billing_period) >= recent_days.days_from
)

select
    usage_date,
    account_id,
    domain_arn,
    attribution_method,
    billing_currency,
    sum(effective_cost) as effective_cost
from spend
group by usage_date, account_id, domain_arn, attribution_method, billing_currency
order by usage_date, account_id, domain_arn, attribution_method, billing_currency
