-- Coverage speaks of all the spend there is: it adds up to the days, by period and currency.
-- severity: fail
with coverage as (
    select
billing_period,
billing_currency,
sum(effective_cost) as effective_cost,
sum(charge_count) as charge_count
    from marts.attribution_coverage
    group by all
),

days as (
    select
billing_period,
billing_currency,
sum(effective_cost) as effective_cost,
sum(charge_count) as charge_count
    from marts.space_spend_daily
    group by all
)

(select * from coverage
except
select * from days)
union all
(select * from days
except
select * from coverage)
