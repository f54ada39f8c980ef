-- The mart adds up to the charges it is made of, by period, space, method and currency, in every measure.
-- severity: fail
with mart as (
    select
        billing_period,
        space_arn,
        attribution_method,
        spend_category,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
        sum(list_cost) as list_cost,
        sum(usage_hours) as usage_hours,
        sum(charge_count) as charge_count
    from marts.space_spend_daily
    where billing_period in (select billing_period from checked_period)
    group by all
),

charges as (
    select
        billing_period,
        space_arn,
        attribution_method,
        spend_category,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
        sum(list_cost) as list_cost,
        sum(usage_hours) as usage_hours,
        count(*) as charge_count
    from core.charge
    where role = 'ledger' and billing_period in (select billing_period from checked_period)
    group by all
)

(select * from mart
except
select * from charges)
union all
(select * from charges
except
select * from mart)
