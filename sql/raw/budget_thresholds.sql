-- Shares of a budget's amount at which to warn.
-- loaded: anew by each run; the select below is its empty shape.
-- grain: budget_number, warn_at
-- columns:
--   budget_number: The budget's place in the configuration.
--   warn_at: Share of the amount, 0.8 for 80 %.
select
    null::integer as budget_number,
    null::decimal(7, 4) as warn_at
where false
