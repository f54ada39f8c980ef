-- The bill against the ledger: bill = ledger + outside, to the last decimal; one row per period, source, charge type and currency.
-- grain: billing_period, source, charge_type, billing_currency
-- columns:
--   billing_period: Billing period.
--   source: Name of the billing source.
--   role: ledger, or compare: reconciled here but never added to spend.
--   charge_type: Line item type (FOCUS: category and class). SavingsPlanOffset is what covered usage and its negation leave when added; SplitCostAllocation repeats a node's cost and counts 0.
--   billing_currency: Currency of the amounts.
--   bill_billed_cost: Billed cost of every delivered row, summed before scope and attribution.
--   ledger_billed_cost: Billed cost in the ledger.
--   outside_billed_cost: Billed cost of rows that are not about SageMaker.
--   difference: bill less ledger less outside; anything but zero stops the run.
--   bill_effective_cost: Effective cost of every delivered row.
--   ledger_effective_cost: Effective cost in the ledger.
--   outside_effective_cost: Effective cost outside it.
--   effective_difference: bill less ledger less outside; anything but zero stops the run.
--   bill_unblended_cost: Gross unblended cost of every delivered row, as the bill prints it.
--   row_count: Delivered rows.
--   period_status: open, estimated, final or unknown.
with totals as (
    select totals.*
    from raw.delivery_totals as totals
    inner join raw.deliveries as deliveries
        on
            totals.source = deliveries.source
            and totals.billing_period = deliveries.billing_period
            and totals.delivery_id = deliveries.delivery_id
    where deliveries.is_current
),

bill as (
    select
        billing_period,
        source,
        charge_type,
        billing_currency,
        sum(billed_cost) as bill_billed_cost,
        sum(effective_cost) as bill_effective_cost,
        sum(unblended_cost) as bill_unblended_cost,
        sum(case when is_in_scope then 0 else billed_cost end) as outside_billed_cost,
        sum(case when is_in_scope then 0 else effective_cost end) as outside_effective_cost,
        sum(row_count) as row_count
    from totals
    group by billing_period, source, charge_type, billing_currency
),

-- Covered usage and its negation are 0 each in billed cost; what they do not cancel is invoiced.
offsets as (
    select
        billing_period,
        source,
        'SavingsPlanOffset' as charge_type,
        billing_currency,
        sum(cash_cost) as bill_billed_cost,
        cast(0 as decimal(38, 12)) as bill_effective_cost,
        cast(0 as decimal(38, 12)) as bill_unblended_cost,
        sum(cash_cost) as outside_billed_cost,
        cast(0 as decimal(38, 12)) as outside_effective_cost,
        cast(0 as bigint) as row_count
    from totals
    where charge_type in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
    group by billing_period, source, billing_currency
),

delivered as (
    select * from bill
    union all
    select * from offsets
),

in_ledger as (
    select
        billing_period,
        source,
        case when charge_type = 'unused commitment' then 'Usage' else charge_type end as charge_type,
        billing_currency,
        billed_cost,
        effective_cost
    from marts.space_spend_daily
    union all
    select
        billing_period,
        source,
        case when charge_type = 'unused commitment' then 'Usage' else charge_type end as charge_type,
        billing_currency,
        billed_cost,
        effective_cost
    from core.charge
    where role = 'compare'
),

ledger as (
    select
        billing_period,
        source,
        charge_type,
        billing_currency,
        sum(billed_cost) as ledger_billed_cost,
        sum(effective_cost) as ledger_effective_cost
    from in_ledger
    group by billing_period, source, charge_type, billing_currency
),

joined as (
    select
        coalesce(delivered.billing_period, ledger.billing_period) as billing_period,
        coalesce(delivered.source, ledger.source) as source,
        coalesce(delivered.charge_type, ledger.charge_type) as charge_type,
        coalesce(delivered.billing_currency, ledger.billing_currency) as billing_currency,
        coalesce(delivered.bill_billed_cost, 0) as bill_billed_cost,
        coalesce(ledger.ledger_billed_cost, 0) as ledger_billed_cost,
        coalesce(delivered.outside_billed_cost, 0) as outside_billed_cost,
        coalesce(delivered.bill_effective_cost, 0) as bill_effective_cost,
        coalesce(ledger.ledger_effective_cost, 0) as ledger_effective_cost,
        coalesce(delivered.outside_effective_cost, 0) as outside_effective_cost,
        coalesce(delivered.bill_unblended_cost, 0) as bill_unblended_cost,
        coalesce(delivered.row_count, 0) as row_count
    from delivered
    full outer join ledger
        on
            delivered.billing_period = ledger.billing_period
            and delivered.source = ledger.source
            and delivered.charge_type = ledger.charge_type
            and delivered.billing_currency = ledger.billing_currency
)

select
    joined.billing_period,
    joined.source,
    period.role,
    joined.charge_type,
    joined.billing_currency,
    joined.bill_billed_cost,
    joined.ledger_billed_cost,
    joined.outside_billed_cost,
    joined.bill_billed_cost - joined.ledger_billed_cost - joined.outside_billed_cost as difference,
    joined.bill_effective_cost,
    joined.ledger_effective_cost,
    joined.outside_effective_cost,
    joined.bill_effective_cost - joined.ledger_effective_cost - joined.outside_effective_cost
        as effective_difference,
    joined.bill_unblended_cost,
    cast(joined.row_count as bigint) as row_count,
    period.period_status
from joined
left join core.period
    on joined.source = period.source and joined.billing_period = period.billing_period
