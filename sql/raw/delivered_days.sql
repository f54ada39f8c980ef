-- What each delivery said of each of its days of usage: kept for ever, to learn how late a day fills up.
-- loaded: by each build, from core.delivered_day; the select below is its empty shape.
-- grain: source, billing_period, delivery_id, usage_date
-- columns:
--   source: Name of the billing source.
--   billing_period: Billing period.
--   delivery_id: Assembly or execution id.
--   usage_date: UTC date the usage began.
--   effective_cost: Effective cost of the priced usage in the ledger on that day, of all currencies; only ever compared with itself.
select
    null::varchar as source,
    null::varchar as billing_period,
    null::varchar as delivery_id,
    null::date as usage_date,
    null::decimal(38, 12) as effective_cost
where false
