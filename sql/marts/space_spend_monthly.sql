-- Spend of each space by billing period, beside the period before; one row per period, space, domain and currency.
-- grain: billing_period, space_arn, domain_arn, billing_currency
-- columns:
--   billing_period: Billing period.
--   space_arn: Space, lower case; null for cost outside spaces.
--   space_name: Name of that space.
--   domain_arn: Domain, lower case; null where nothing names one.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: Cost at on-demand list prices.
--   usage_hours: Hours used, where the unit is hours.
--   previous_effective_cost: Effective cost of the period before; null where there was none.
--   change_ratio: Change against it, 0.1 is ten percent more; null where it was not above zero.
--   period_status: open, estimated, final, unknown, or mixed where sources differ.
with monthly as (
    select
        billing_period,
        space_arn,
        max(space_name) as space_name,
        domain_arn,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
        sum(list_cost) as list_cost,
        sum(usage_hours) as usage_hours
    from marts.space_spend_daily
    group by billing_period, space_arn, domain_arn, billing_currency
),

statuses as (
    select
        billing_period,
        case when count(distinct period_status) = 1 then min(period_status) else 'mixed' end as period_status
    from core.period
    where role = 'ledger'
    group by billing_period
),

compared as (
    select
        monthly.*,
        previous.effective_cost as previous_effective_cost,
        statuses.period_status
    from monthly
    left join monthly as previous
        on
            cast(previous.billing_period || '-01' as date)
            = cast(monthly.billing_period || '-01' as date) - interval '1' month
            and coalesce(previous.space_arn, '') = coalesce(monthly.space_arn, '')
            and coalesce(previous.domain_arn, '') = coalesce(monthly.domain_arn, '')
            and previous.billing_currency = monthly.billing_currency
    left join statuses on monthly.billing_period = statuses.billing_period
)

select
    billing_period,
    space_arn,
    space_name,
    domain_arn,
    billing_currency,
    billed_cost,
    effective_cost,
    amortized_cost,
    list_cost,
    usage_hours,
    previous_effective_cost,
    case
        when previous_effective_cost > 0
            then cast((effective_cost - previous_effective_cost) / previous_effective_cost as double)
    end as change_ratio,
    period_status
from compared
