-- Every delivery ever loaded, the current one of each period marked.
-- loaded: by the load step; the select below is its empty shape.
-- grain: source, billing_period, delivery_id
-- columns:
--   source: Name of the billing source.
--   role: ledger, or compare: reconciled but never added.
--   billing_period: Billing period, '2026-09'.
--   delivery_id: Assembly or execution id.
--   identity: Hash of the id and of the objects' keys, sizes and marks.
--   location: Address of the manifest, or of the folder.
--   objects: The objects as JSON: key, size, modification time and mark.
--   format: The raw tables it went to.
--   delivered_at: When its newest object was written, UTC.
--   loaded_at: When it was loaded, UTC.
--   row_count: Rows delivered.
--   kept_count: Rows kept, those in scope.
--   content_hash: Order-free hash of the kept rows.
--   hash_version: DuckDB version that made content_hash.
--   has_invoice_id: Whether the export carries invoice ids.
--   is_current: Whether this is the version the ledger shows.
select
    null::varchar as source,
    null::varchar as role,
    null::varchar as billing_period,
    null::varchar as delivery_id,
    null::varchar as identity,
    null::varchar as location,
    null::varchar as objects,
    null::varchar as format,
    null::timestamp as delivered_at,
    null::timestamp as loaded_at,
    null::bigint as row_count,
    null::bigint as kept_count,
    null::varchar as content_hash,
    null::varchar as hash_version,
    null::boolean as has_invoice_id,
    null::boolean as is_current
where false
