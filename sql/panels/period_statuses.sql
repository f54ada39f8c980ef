-- Whether each billing period is over and invoiced.
-- columns:
--   billing_period: Billing period.
--   period_status: open, estimated, final, unknown, or mixed where sources differ.
select
    billing_period,
    case
        when count(distinct coalesce(period_status, 'unknown')) = 1 then min(coalesce(period_status, 'unknown'))
        else 'mixed'
    end as period_status
from marts.bill_reconciliation
where role <> 'compare'
group by billing_period
order by billing_period
