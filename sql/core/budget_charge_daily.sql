-- What budgets count: every charge but tax, credits and unused commitment, in the configured measure, by day.
-- grain: usage_date, billing_period, source, account_id, domain_arn, space_arn, spend_category, billing_currency
-- partition: billing_period
-- columns:
--   usage_date: UTC date the usage began, clamped into its billing period: a late refund does not reopen an earlier one.
--   billing_period: Billing period.
--   source: Name of the billing source.
--   account_id: Account that used it.
--   domain_arn: Domain, lower case.
--   space_arn: Space, lower case.
--   spend_category: What the money went to, from a closed list.
--   billing_currency: Currency of the amounts.
--   spent: Cost in the measure that budgets count (cost_metric).
--   charge_count: Delivered lines.
--   monthly_count: Lines of usage that last longer than a day: a MONTHLY export says nothing of days.
--   unpriced_count: Lines of usage without a cost in that measure, which count as nothing.
with run as (
    select * from core.run
),

charges as (
    select * from core.charge
    where
        role = 'ledger'
        and is_budgeted(charge_category, spend_category)
),

measured as (
    select
        charges.*,
        cast(charges.billing_period || '-01' as date) as period_start,
        measured(
            run.cost_metric, charges.effective_cost, charges.amortized_cost, charges.billed_cost, charges.list_cost
        ) as spent,
        case
            when charges.is_usage and run.cost_metric = 'list_cost' and charges.list_cost is null then 1
            else 0
        end as is_unpriced
    from charges
    cross join run
),

clamped as (
    select
        *,
        greatest(period_start, least(usage_date, last_day(period_start))) as counted_date,
        case when is_usage and usage_end_at > usage_start_at + interval '25' hour then 1 else 0 end as is_monthly
    from measured
)

select
    counted_date as usage_date,
    billing_period,
    source,
    account_id,
    domain_arn,
    space_arn,
    spend_category,
    billing_currency,
    sum(spent) as spent,
    count(*) as charge_count,
    sum(is_monthly) as monthly_count,
    sum(is_unpriced) as unpriced_count
from clamped
group by
    counted_date, billing_period, source, account_id, domain_arn, space_arn, spend_category, billing_currency
