-- How much priced usage of each day carries which SageMaker tag, well formed; one row per period, source, account, day and
-- currency.
-- grain: billing_period, source, account_id, usage_date, billing_currency
-- partition: billing_period
-- columns:
--   billing_period: Billing period.
--   source: Name of the billing source.
--   account_id: Account that used it.
--   usage_date: UTC date the usage began.
--   billing_currency: Currency of the amounts.
--   effective_cost: Effective cost of all of it.
--   charge_count: Delivered lines.
--   space_tagged_cost: Effective cost of lines with a space tag.
--   space_tagged_count: Such lines.
--   domain_tagged_cost: Effective cost of lines with a domain tag.
--   domain_tagged_count: Such lines.
--   profile_tagged_cost: Effective cost of lines with a user-profile tag.
--   profile_tagged_count: Such lines.
--   managed_tagged_cost: Effective cost of lines whose domain only ManagedByAmazonSageMakerResource names.
--   managed_tagged_count: Such lines.
with charges as (
    select
        *,
        tagged_space_arn is not null as has_space,
        coalesce(domain_evidence = 'tag sagemaker:domain-arn', false) as has_domain,
        tagged_user_profile_arn is not null as has_profile,
        coalesce(domain_evidence = 'tag ManagedByAmazonSageMakerResource', false) as has_managed
    from staging.charges
    where role = 'ledger' and is_usage
)

select
    billing_period,
    source,
    account_id,
    usage_date,
    billing_currency,
    sum(effective_cost) as effective_cost,
    count(*) as charge_count,
    sum(case when has_space then effective_cost else 0 end) as space_tagged_cost,
    count(case when has_space then 1 end) as space_tagged_count,
    sum(case when has_domain then effective_cost else 0 end) as domain_tagged_cost,
    count(case when has_domain then 1 end) as domain_tagged_count,
    sum(case when has_profile then effective_cost else 0 end) as profile_tagged_cost,
    count(case when has_profile then 1 end) as profile_tagged_count,
    sum(case when has_managed then effective_cost else 0 end) as managed_tagged_cost,
    count(case when has_managed then 1 end) as managed_tagged_count
from charges
group by billing_period, source, account_id, usage_date, billing_currency
