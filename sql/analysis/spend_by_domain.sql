-- Effective cost of each domain: in spaces, of user profiles, and shared by the whole domain.
-- parameter billing_period: month, 2026-09; the newest unless given
select
    domain_arn,
    billing_currency,
    sum(effective_cost) as effective_cost,
    sum(case when space_arn is not null then effective_cost else 0 end) as in_spaces,
    sum(case when attribution_method = 'user_profile' then effective_cost else 0 end) as of_user_profiles,
    sum(case when attribution_method = 'domain' then effective_cost else 0 end) as shared_by_the_domain,
    count(distinct space_arn) as space_count
from marts.space_spend_daily
where billing_period = coalesce($billing_period, (select max(billing_period) from marts.space_spend_daily))
group by domain_arn, billing_currency
order by effective_cost desc, domain_arn asc
