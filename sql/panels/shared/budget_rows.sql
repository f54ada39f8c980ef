-- Every budget in the period that runs or is still to come.
-- columns:
--   budget_number: Place among these; its burn-up lies under this name.
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
with run as (
    select * from core.run
),

accuracy as (
    select
        scope_arn,
        billing_currency,
        period,
        'were within ' || printf('%.1f', 100 * error_ratio) || ' % in ' || within_count || ' of ' || period_count || ' past '
        || case period when 'monthly' then 'months' when 'quarterly' then 'quarters' else 'years' end as past_forecasts
    from marts.forecast_accuracy
    where error_ratio is not null and period_count > 2
),

budgets as (
    select
        budgets.*,
        budget_severity(budgets.status) as severity
    from marts.budget_status as budgets
    cross join run
    where budgets.period_end >= run.as_of
)

select
    budgets.budget_name,
    budgets.period_start,
    budgets.period_end,
    budgets.scope,
    spaces.space_arn,
    case when budgets.scope = 'domain' then budgets.scope_arn else spaces.domain_arn end as domain_arn,
    case when budgets.scope = 'domain' then arn_account_id(budgets.scope_arn) else spaces.account_id end as account_id,
    budgets.scope_arn,
    budgets.team,
    budgets.owner,
    budgets.period,
    budgets.amount,
    budgets.billing_currency,
    budgets.spent,
    budgets.remaining,
    budgets.burn_ratio,
    budgets.elapsed_ratio,
    budgets.planned,
    budgets.forecast,
    budgets.forecast_low,
    budgets.forecast_high,
    budgets.forecast_method,
    budgets.breach_probability,
    budgets.breach_date,
    budgets.status,
    budgets.severity,
    accuracy.past_forecasts,
    row_number() over (order by budgets.budget_name, budgets.period_start) as budget_number
from budgets
left join marts.spaces as spaces on budgets.scope_arn = spaces.space_arn
left join accuracy
    on
        budgets.scope_arn = accuracy.scope_arn
        and budgets.billing_currency = accuracy.billing_currency
        and budgets.period = accuracy.period
