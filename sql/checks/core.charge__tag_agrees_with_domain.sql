-- A domain tag that names another domain than the winning ARN, or a space tag that disagrees with the resource.
-- severity: warn
select
    billing_period,
    attribution_method,
    space_arn,
    domain_arn,
    tagged_domain_arn,
    resource_space_arn,
    count(*) as charge_count
from core.charge
where
    billing_period in (select billing_period from checked_period)
    and (
        tagged_domain_arn <> domain_arn
        or (attribution_method = 'space_tag' and resource_space_arn <> space_arn)
    )
group by all
