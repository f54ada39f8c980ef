-- Interactive apps and storage that cost money in the last 30 days while nobody was seen at work, the dearest first, and whom to ask.
select
    unattended.space_name,
    unattended.resource_id,
    unattended.spend_category,
    unattended.billing_currency,
    unattended.cost_low,
    unattended.cost_high,
    unattended.unattended_days,
    unattended.unattended_hours,
    unattended.last_active_at,
    spaces.owner
from marts.unattended_spend as unattended
left join marts.spaces as spaces on unattended.space_arn = spaces.space_arn
order by unattended.cost_high desc, unattended.resource_id asc
