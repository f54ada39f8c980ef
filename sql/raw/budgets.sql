-- Budgets as configured; one row per table of the configuration.
-- loaded: anew by each run; the select below is its empty shape.
-- grain: budget_number
-- columns:
--   budget_number: Its place in the configuration, from 1.
--   budget_name: Its name; tables that follow each other in time may share it.
--   scope: space, domain, or each space: a budget for every space without its own.
--   scope_arn: Space or domain, lower case; null for each space.
--   amount: What may be spent in one period.
--   billing_currency: Currency of the amount.
--   period: monthly, quarterly, annual or custom.
--   plan: even, or weekdays: no plan for weekends.
--   start_date: First day a period may begin on; null where open.
--   end_date: Last day a period may begin on, or the last day of a custom period; null where open.
--   lowest_warn_at: The lowest share of the amount at which to warn.
select
    null::integer as budget_number,
    null::varchar as budget_name,
    null::varchar as scope,
    null::varchar as scope_arn,
    null::decimal(38, 12) as amount,
    null::varchar as billing_currency,
    null::varchar as period,
    null::varchar as plan,
    null::date as start_date,
    null::date as end_date,
    null::decimal(7, 4) as lowest_warn_at
where false
