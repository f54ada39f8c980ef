-- The same as forecasts for the first view: of domains, and of what pages add up together.
-- columns:
--   month: The month that is forecast.
--   scope: space, domain or sum.
--   scope_key: Of a sum shared, private, spaces or all; else null.
--   space_arn: Space, lower case.
--   domain_arn: The domain, or that of the space, lower case; null of a sum.
--   billing_currency: Currency of the amounts.
--   spent: Spent in the month, in the measure that budgets count.
--   forecast: What the month will have cost, as likely to be more as to be less.
--   forecast_low: Lower end of the 80 % band.
--   forecast_high: Upper end of the 80 % band.
--   forecast_method: How it was forecast, in words.
select
    billing_period as month,
    scope,
    case when scope = 'sum' then scope_key end as scope_key,
    case when scope = 'space' then scope_key end as space_arn,
    case when scope = 'domain' then scope_key else domain_arn_of(scope_key) end as domain_arn,
    billing_currency,
    spent,
    forecast,
    forecast_low,
    forecast_high,
    forecast_method
from marts.spend_forecast
where scope <> 'space'
order by scope, scope_key, space_arn, domain_arn, billing_currency
