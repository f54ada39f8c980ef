-- What every delivered row of a delivery adds up to, before scope and attribution.
-- loaded: by the load step; the select below is its empty shape.
-- grain: source, billing_period, delivery_id, payer_account_id, charge_type, billing_currency, is_in_scope
-- columns:
--   source: Name of the billing source.
--   billing_period: Billing period.
--   delivery_id: Assembly or execution id.
--   payer_account_id: The account that pays.
--   charge_type: Line item type; for FOCUS, category and class.
--   billing_currency: Currency of the amounts; XXX where the export has none.
--   is_in_scope: Whether the rows are in the ledger.
--   row_count: Delivered rows.
--   unblended_cost: Sum of gross unblended cost.
--   cash_cost: Sum of net unblended cost where a line has it, else unblended.
--   billed_cost: Sum of billed cost.
--   effective_cost: Sum of effective cost.
--   uninvoiced_count: Anniversary rows with a cost and no invoice id.
--   other_period_count: Rows that name another billing period.
--   data_through_at: Start of the newest usage row, UTC.
select
    null::varchar as source,
    null::varchar as billing_period,
    null::varchar as delivery_id,
    null::varchar as payer_account_id,
    null::varchar as charge_type,
    null::varchar as billing_currency,
    null::boolean as is_in_scope,
    null::bigint as row_count,
    null::decimal(38, 12) as unblended_cost,
    null::decimal(38, 12) as cash_cost,
    null::decimal(38, 12) as billed_cost,
    null::decimal(38, 12) as effective_cost,
    null::bigint as uninvoiced_count,
    null::bigint as other_period_count,
    null::timestamp as data_through_at
where false
