-- Space tags that are no space ARN count as no tag.
-- severity: warn
select
    billing_period,
    malformed_tag,
    count(*) as charge_count
from core.charge
where malformed_tag is not null and billing_period in (select billing_period from checked_period)
group by all
