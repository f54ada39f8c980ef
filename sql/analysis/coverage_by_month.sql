-- How much of usage each attribution method explains, month by month.
select
    billing_period,
    attribution_method,
    billing_currency,
    effective_cost,
    share,
    charge_count
from marts.attribution_coverage
order by billing_period asc, share desc nulls last, attribution_method asc
