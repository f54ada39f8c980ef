-- How good forecasts like today's were, on the same day of past periods.
-- columns:
--   scope_arn: Space or domain, lower case.
--   space_arn: Space, lower case; null for a domain.
--   domain_arn: The domain, or that of the space.
--   billing_currency: Currency of the amounts.
--   period: monthly, quarterly or annual.
--   period_count: Past periods that were forecast again.
--   within_count: Four fifths of them, rounded up: the periods whose forecast was within error_ratio.
--   within_words: The three in words.
--   error_ratio: The greatest error of those.
--   covered_count: Periods that came to lie in the 80 % band.
--   median_error_ratio: The error in the middle.
--   run_rate_error_ratio: The same of the run-rate line.
select
    accuracy.scope_arn,
    spaces.space_arn,
    coalesce(spaces.domain_arn, accuracy.scope_arn) as domain_arn,
    accuracy.billing_currency,
    accuracy.period,
    accuracy.period_count,
    accuracy.within_count,
    accuracy.within_count || ' of ' || accuracy.period_count || ' within ' || printf('%.1f', 100 * accuracy.error_ratio) || ' %' as within_words,
    accuracy.error_ratio,
    accuracy.covered_count,
    accuracy.median_error_ratio,
    accuracy.run_rate_error_ratio
from marts.forecast_accuracy as accuracy
left join marts.spaces as spaces on accuracy.scope_arn = spaces.space_arn
order by accuracy.scope_arn, accuracy.billing_currency, accuracy.period
