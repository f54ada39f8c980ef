-- From the invoice to what was used, step by step; one row per period, source, currency and step. Steps add up to the total
-- that follows them, to the last decimal. A step of 0 stands too, so that months compare.
-- grain: billing_period, source, billing_currency, position
-- columns:
--   billing_period: Billing period.
--   source: Name of the billing source.
--   billing_currency: Currency of the amounts.
--   position: Order of the steps, 1 the first.
--   step: What the step is, in words.
--   amount: What it adds; a total is what all steps before it come to.
--   is_total: Whether it is a total: the invoice, the ledger's billed cost, its effective cost, effective cost of usage.
with reconciled as (
    select
        billing_period,
        source,
        billing_currency,
        sum(bill_billed_cost) as bill_billed,
        sum(outside_billed_cost) as outside_billed,
        sum(ledger_billed_cost) as ledger_billed,
        sum(ledger_effective_cost) as ledger_effective
    from marts.bill_reconciliation
    where role = 'ledger'
    group by billing_period, source, billing_currency
),

classified as (
    select
        billing_period,
        source,
        billing_currency,
        case
            when spend_category = 'unused Savings Plan commitment' then 'unused'
            when charge_category = 'Purchase' then 'fee'
            when purchase_option in ('Savings Plan', 'Reserved') then 'committed'
            when spend_category in ('discount', 'savings plan negation') then 'discount'
            when charge_category = 'Tax' then 'tax'
            when charge_category = 'Credit' then 'credit'
            when spend_category = 'refund' or charge_category = 'Adjustment' then 'refund'
            else 'used'
        end as kind,
        billed_cost,
        effective_cost
    from marts.space_spend_daily
),

kinds as (
    select
        billing_period,
        source,
        billing_currency,
        sum(case when kind = 'fee' then effective_cost - billed_cost when kind = 'unused' then -billed_cost else 0 end)
            as fees,
        sum(case when kind = 'committed' then effective_cost - billed_cost else 0 end) as committed,
        sum(case when kind = 'unused' then effective_cost else 0 end) as unused,
        sum(case when kind = 'discount' then effective_cost - billed_cost else 0 end) as discounts,
        sum(case when kind in ('refund', 'credit', 'tax', 'used') then effective_cost - billed_cost else 0 end)
            as others,
        sum(case when kind = 'tax' then effective_cost else 0 end) as tax,
        sum(case when kind = 'credit' then effective_cost else 0 end) as credits,
        sum(case when kind = 'refund' then effective_cost else 0 end) as refunds,
        sum(case when kind = 'fee' then effective_cost else 0 end) as other_fees,
        sum(case when kind = 'discount' then effective_cost else 0 end) as other_discounts,
        sum(case when kind in ('used', 'committed') then effective_cost else 0 end) as usage_effective
    from classified
    group by billing_period, source, billing_currency
),

facts as (
    select
        reconciled.*,
        coalesce(kinds.fees, 0) as fees,
        coalesce(kinds.committed, 0) as committed,
        coalesce(kinds.unused, 0) as unused,
        coalesce(kinds.discounts, 0) as discounts,
        coalesce(kinds.others, 0) as others,
        coalesce(kinds.tax, 0) as tax,
        coalesce(kinds.credits, 0) as credits,
        coalesce(kinds.refunds, 0) as refunds,
        coalesce(kinds.other_fees, 0) as other_fees,
        coalesce(kinds.other_discounts, 0) as other_discounts,
        coalesce(kinds.usage_effective, 0) as usage_effective
    from reconciled
    left join kinds
        on
            reconciled.billing_period = kinds.billing_period
            and reconciled.source = kinds.source
            and reconciled.billing_currency = kinds.billing_currency
),

steps as (
    select
        1 as position,
        'invoice' as step,
        true as is_total
    union all
    select
        2 as position,
        'outside of the ledger' as step,
        false as is_total
    union all
    select
        3 as position,
        'billed cost of the ledger' as step,
        true as is_total
    union all
    select
        4 as position,
        'fees paid for commitments' as step,
        false as is_total
    union all
    select
        5 as position,
        'use of commitments' as step,
        false as is_total
    union all
    select
        6 as position,
        'unused commitment' as step,
        false as is_total
    union all
    select
        7 as position,
        'discounts' as step,
        false as is_total
    union all
    select
        8 as position,
        'refunds of fees and others' as step,
        false as is_total
    union all
    select
        9 as position,
        'effective cost of the ledger' as step,
        true as is_total
    union all
    select
        10 as position,
        'without tax' as step,
        false as is_total
    union all
    select
        11 as position,
        'without credits' as step,
        false as is_total
    union all
    select
        12 as position,
        'without refunds' as step,
        false as is_total
    union all
    select
        13 as position,
        'without unused commitment' as step,
        false as is_total
    union all
    select
        14 as position,
        'without other fees and discounts' as step,
        false as is_total
    union all
    select
        15 as position,
        'effective cost of usage' as step,
        true as is_total
)

select
    facts.billing_period,
    facts.source,
    facts.billing_currency,
    steps.position,
    steps.step,
    cast(
        case steps.position
            when 1 then facts.bill_billed
            when 2 then -facts.outside_billed
            when 3 then facts.ledger_billed
            when 4 then facts.fees
            when 5 then facts.committed
            when 6 then facts.unused
            when 7 then facts.discounts
            when 8 then facts.others
            when 9 then facts.ledger_effective
            when 10 then -facts.tax
            when 11 then -facts.credits
            when 12 then -facts.refunds
            when 13 then -facts.unused
            when 14 then -(facts.other_fees + facts.other_discounts)
            when 15 then facts.usage_effective
        end as decimal(38, 12)
    ) as amount,
    steps.is_total
from facts
cross join steps
