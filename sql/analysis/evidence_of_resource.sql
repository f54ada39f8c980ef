-- Why a resource's charges belong where they do: method and evidence, month by month.
-- parameter resource: part of the resource's id or ARN; every resource unless given
select
    billing_period,
    resource_id,
    space_arn,
    attribution_method,
    attribution_evidence,
    evidence_count,
    billing_currency,
    effective_cost
from marts.resource_spend_monthly
where resource_id is not null and contains(lower(resource_id), lower(coalesce($resource, '')))
order by resource_id asc, billing_period asc, attribution_method asc, space_arn asc
limit 200
