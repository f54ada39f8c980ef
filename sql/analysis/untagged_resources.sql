-- Resources whose cost no space tag explains, the dearest first, with the command that tags them for the future.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    resource_id,
    spend_category,
    attribution_method,
    space_arn as space_by_other_evidence,
    billing_currency,
    effective_cost,
    case
        when starts_with(resource_id, 'arn:') and not contains(resource_id, '''') then
            'aws resourcegroupstaggingapi tag-resources --region ' || coalesce(region, 'REGION')
            || ' --resource-arn-list ''' || resource_id || ''' --tags ''sagemaker:space-arn='
            || coalesce(space_arn, 'SPACE_ARN') || ''''
    end as command
from marts.resource_spend_monthly
where
    attribution_method <> 'space_tag'
    and resource_id is not null
    and billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
order by effective_cost desc, resource_id asc
limit 50
