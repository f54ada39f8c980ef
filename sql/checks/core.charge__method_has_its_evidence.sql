-- Each charge's method, space, profile, domain and evidence fit together.
-- severity: fail
select
    source,
    billing_period,
    line_item_id,
    attribution_method,
    space_arn,
    attribution_evidence
from core.charge
where
    billing_period in (select billing_period from checked_period)
    and not coalesce(case
        when attribution_method in ('space_tag', 'space_resource', 'space_history', 'space_event')
            then space_arn is not null and user_profile_arn is null
                and domain_arn = domain_arn_of(space_arn) and attribution_evidence is not null
        when attribution_method = 'user_profile'
            then space_arn is null and user_profile_arn is not null
                and domain_arn = domain_arn_of(user_profile_arn) and attribution_evidence is not null
        when attribution_method = 'domain'
            then space_arn is null and user_profile_arn is null
                and domain_arn is not null and attribution_evidence is not null
        when attribution_method = 'unattributed'
            then space_arn is null and user_profile_arn is null
                and domain_arn is null and attribution_evidence is null
    end, false)
