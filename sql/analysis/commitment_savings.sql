-- What Savings Plans, reservations and negotiated discounts save each space against on-demand list prices.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    space_name,
    space_arn,
    purchase_option,
    billing_currency,
    sum(list_cost) as list_cost,
    sum(effective_cost) as effective_cost,
    sum(list_cost) - sum(effective_cost) as saved
from marts.space_spend_daily
where purchase_option is not null and billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by space_name, space_arn, purchase_option, billing_currency
order by saved desc, space_arn asc, purchase_option asc
