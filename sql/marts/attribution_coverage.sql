-- How much of the spend each attribution method explains; one row per period, method and currency.
-- grain: billing_period, attribution_method, billing_currency
-- columns:
--   billing_period: Billing period.
--   attribution_method: The rule; charges that are not priced usage stand as tax, credit, refund, discount, savings plan negation, unused Savings Plan commitment or other charges, and have no share.
--   billing_currency: Currency of the amounts.
--   effective_cost: Effective cost of those charges.
--   share: Part of the effective cost of all in-scope usage; null where that is not above zero.
--   charge_count: Delivered lines.
with classified as (
    select
        billing_period,
        case
            when is_priced_usage(charge_category, spend_category) then attribution_method
            when charge_category = 'Usage' then spend_category
            when spend_category in ('tax', 'credit', 'refund', 'unused Savings Plan commitment') then spend_category
            else 'other charges'
        end as attribution_method,
        spend_category,
        charge_category,
        billing_currency,
        effective_cost,
        charge_count
    from marts.space_spend_daily
),

methods as (
    select
        billing_period,
        attribution_method,
        billing_currency,
        attribution_method in (
            'space_tag', 'space_resource', 'space_history', 'space_event', 'user_profile', 'domain', 'unattributed'
        ) as is_usage,
        sum(effective_cost) as effective_cost,
        sum(charge_count) as charge_count
    from classified
    group by billing_period, attribution_method, billing_currency
),

wholes as (
    select
        billing_period,
        billing_currency,
        sum(effective_cost) as usage_effective_cost
    from methods
    where is_usage
    group by billing_period, billing_currency
)

select
    methods.billing_period,
    methods.attribution_method,
    methods.billing_currency,
    methods.effective_cost,
    case
        when methods.is_usage and wholes.usage_effective_cost > 0
            then cast(methods.effective_cost / wholes.usage_effective_cost as double)
    end as share,
    cast(methods.charge_count as bigint) as charge_count
from methods
left join wholes
    on
        methods.billing_period = wholes.billing_period
        and methods.billing_currency = wholes.billing_currency
