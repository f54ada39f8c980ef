-- The budgets of each space in the period that runs or is still to come, the gravest first.
-- shard: space_arn
-- columns:
--   budget_name: Its name; a budget for each space names the space too.
--   period_start: First day of the period.
--   period_end: Last day of the period.
--   scope: space or domain.
--   space_arn: Space, lower case; null for a domain.
--   domain_arn: The domain, or that of the space.
--   account_id: Its account.
--   scope_arn: Space or domain as configured, also where nothing ever named it.
--   team: Team, from the owners file.
--   owner: Whom to ask.
--   period: monthly, quarterly, annual or custom.
--   amount: What may be spent in the period.
--   billing_currency: Currency of all amounts.
--   spent: Counted through the day the build is about: never tax, credits or unused commitment.
--   remaining: The amount less what is spent.
--   burn_ratio: Spent over amount.
--   elapsed_ratio: Share of the period gone.
--   planned: What the plan lets be spent by now.
--   forecast: Spent, and what is to come by the period's end.
--   forecast_low: Lower end of the 80 % band.
--   forecast_high: Upper end of the 80 % band.
--   forecast_method: How it was forecast, in words.
--   breach_probability: How likely the amount is reached by the period's end.
--   breach_date: Day the amount was reached, or is forecast to be.
--   status: unknown_scope, no_data, breached, breach_forecast, watch or ok.
--   severity: The gravest status is 0.
--   past_forecasts: What past forecasts of the same day were worth, in words; null where too few periods are past.
--   budget_number: Place among these; its burn-up lies under this name.
select *
from budget_rows
where space_arn is not null
order by space_arn, severity, budget_name, period_start
