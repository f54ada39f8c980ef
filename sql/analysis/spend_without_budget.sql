-- What no budget counts, by month and place, and its share of all that budgets would count.
with whole as (
    select
        billing_period,
        billing_currency,
        sum(spent) as spent
    from core.budget_charge_daily
    group by billing_period, billing_currency
)

select
    without.billing_period,
    without.domain_arn,
    without.space_name,
    without.space_arn,
    without.spent,
    without.billing_currency,
    round(cast(without.spent as double) / nullif(cast(whole.spent as double), 0), 4) as share
from marts.spend_without_budget as without
inner join whole
    on without.billing_period = whole.billing_period and without.billing_currency = whole.billing_currency
where without.spent <> 0
order by without.billing_period desc, without.spent desc, without.space_arn asc
