-- User profiles and domains that each billing period's tags name; one row per period, profile and domain.
-- grain: billing_period, user_profile_arn, domain_arn
-- partition: billing_period
-- columns:
--   billing_period: Billing period.
--   user_profile_arn: User profile a tag names, lower case.
--   domain_arn: Domain a tag names, lower case.
select distinct
    billing_period,
    tagged_user_profile_arn as user_profile_arn,
    tagged_domain_arn as domain_arn
from staging.charges
where role = 'ledger' and (tagged_user_profile_arn is not null or tagged_domain_arn is not null)
