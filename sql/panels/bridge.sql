-- From the invoice to what was used, step by step, of each month and source.
-- columns:
--   billing_period: Billing period.
--   source: Name of the billing source.
--   billing_currency: Currency of the amounts.
--   position: Order of the steps, 1 the first.
--   step: What the step is, in words.
--   amount: What it adds; a total is what all steps before it come to.
--   is_total: Whether it is a total.
--   period_status: open, estimated, final or unknown.
with bridge as (
    select * from marts.cost_bridge
)

select
    bridge.billing_period,
    bridge.source,
    bridge.billing_currency,
    bridge.position,
    bridge.step,
    bridge.amount,
    bridge.is_total,
    period.period_status
from bridge
left join core.period as period
    on bridge.source = period.source and bridge.billing_period = period.billing_period
order by bridge.billing_period, bridge.source, bridge.billing_currency, bridge.position
