-- A forecast lies in its band, the band not below what is spent, a probability between 0 and 1; a period that is breached
-- says when.
-- severity: fail
select
    budget_name,
    period_start,
    spent,
    forecast_low,
    forecast,
    forecast_high,
    breach_probability
from marts.budget_status
where
    forecast_low < spent
    or forecast < forecast_low
    or forecast > forecast_high
    or breach_probability < 0
    or breach_probability > 1
    or (forecast is null and breach_probability is not null and status <> 'breached')
    or (forecast is not null and breach_probability is null)
    or (status = 'breached') <> (spent >= amount and status not in ('unknown_scope', 'no_data'))
    or (status = 'breached' and breach_date is null)
