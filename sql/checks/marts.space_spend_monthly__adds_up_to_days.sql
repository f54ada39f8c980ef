-- Months add up to their days, by period, space, domain and currency, in every measure.
-- severity: fail
with months as (
    select
        billing_period,
space_arn,
domain_arn,
billing_currency,
billed_cost,
effective_cost,
amortized_cost,
        list_cost,
usage_hours
    from marts.space_spend_monthly
),

days as (
    select
        billing_period,
space_arn,
domain_arn,
billing_currency,
sum(billed_cost) as billed_cost,
sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
sum(list_cost) as list_cost,
sum(usage_hours) as usage_hours
    from marts.space_spend_daily
    group by all
)

(select * from months
except all
select * from days)
union all
(select * from days
except all
select * from months)
