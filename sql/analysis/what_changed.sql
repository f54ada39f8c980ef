-- What changed in published months since a build: before, after and why, by month and space.
-- parameter build_id: only changes of later builds than this one; all unless given
select
    billing_period,
    space_arn,
    billing_currency,
    min_by(effective_cost_before, build_id) as effective_cost_before,
    max_by(effective_cost_after, build_id) as effective_cost_after,
    max_by(effective_cost_after, build_id) - min_by(effective_cost_before, build_id) as change,
    string_agg(distinct cause, ', ' order by cause) as causes,
    max(build_id) as last_build_id
from marts.restatements
where build_id > coalesce($build_id, '')
group by billing_period, space_arn, billing_currency
order by billing_period asc, abs(change) desc, space_arn asc
