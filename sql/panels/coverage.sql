-- How much of usage each attribution method explains, by month, account and domain.
-- columns:
--   billing_period: Billing period.
--   account_id: Account that used it.
--   domain_arn: Domain, lower case; null where nothing names one.
--   attribution_method: The rule that attributed it.
--   names_space: Whether the rule names a space: what coverage counts.
--   billing_currency: Currency of the amounts.
--   effective_cost: FOCUS EffectiveCost; a method's share is its part of the sum over all methods.
with spend as (
    select spend.* from marts.space_spend_daily as spend
    cross join core.run as run
    where
        inside_period(spend.usage_date, spend.billing_period) <= run.as_of
        and is_priced_usage(spend.charge_category, spend.spend_category)
)

select
    billing_period,
    account_id,
    domain_arn,
    attribution_method,
    attribution_method like 'space_%' as names_space,
    billing_currency,
    sum(effective_cost) as effective_cost
from spend
group by billing_period, account_id, domain_arn, attribution_method, billing_currency
order by billing_period, account_id, domain_arn, attribution_method, billing_currency
