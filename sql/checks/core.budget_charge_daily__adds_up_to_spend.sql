-- What budgets count is the spend of each period without tax, credits and unused commitment, in the configured measure.
-- severity: fail
with counted as (
    select
        billing_period,
        billing_currency,
        sum(spent) as spent
    from core.budget_charge_daily
    group by billing_period, billing_currency
),

spend as (
    select
        days.billing_period,
        days.billing_currency,
        sum(
            case
                when days.charge_category in ('Tax', 'Credit') then 0
                when days.spend_category = 'unused Savings Plan commitment' then 0
                when run.cost_metric = 'billed_cost' then days.billed_cost
                when run.cost_metric = 'amortized_cost' then days.amortized_cost
                when run.cost_metric = 'list_cost' then coalesce(days.list_cost, 0)
                else days.effective_cost
            end
        ) as spent
    from marts.space_spend_daily as days
    cross join core.run
    group by days.billing_period, days.billing_currency
)

select
    spend.billing_period,
    spend.billing_currency,
    spend.spent as charged,
    counted.spent as counted
from spend
left join counted
    on spend.billing_period = counted.billing_period and spend.billing_currency = counted.billing_currency
where spend.spent <> coalesce(counted.spent, 0)
