-- Whom to charge for a month: each space with its team, owner and cost centre, and what belongs to no space; adds up to the ledger.
-- parameter period: month, 2026-09; the newest unless given
with spend as (
    select
        *,
        case
            when space_arn is not null then 'space'
            when attribution_method = 'user_profile' then 'user profiles of the domain'
            when attribution_method = 'domain' then 'domain'
            else 'unattributed'
        end as charged_to,
        -- A space has one row; what belongs to none stands by domain and by charge category.
        case when space_arn is null then domain_arn end as shared_domain_arn,
        case when space_arn is null then charge_category end as apart_category
    from marts.space_spend_daily
    where billing_period = coalesce($period, (select max(latest.billing_period) from marts.space_spend_daily as latest))
),

spaces as (
    select * from marts.spaces
),

domain_owners as (
    select * from raw.owners
    where space_arn is null
),

statuses as (
    select
        billing_period,
        case when count(distinct period_status) = 1 then min(period_status) else 'mixed' end as period_status
    from core.period
    where role = 'ledger'
    group by billing_period
),

summed as (
    select
        billing_period,
        charged_to,
        space_arn,
        shared_domain_arn,
        apart_category,
        billing_currency,
        max(domain_arn) as domain_arn,
        max(space_name) as space_name,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
        sum(list_cost) as list_cost,
        -- The rest of a space's cost is credits, refunds, fees and the like that name it.
        sum(case when charge_category = 'Usage' then effective_cost else 0 end) as usage_effective_cost,
        sum(usage_hours) as usage_hours
    from spend
    group by billing_period, charged_to, space_arn, shared_domain_arn, apart_category, billing_currency
)

select
    summed.billing_period,
    statuses.period_status,
    run.build_id,
    summed.charged_to,
    summed.space_arn,
    summed.space_name,
    spaces.space_display_name,
    summed.domain_arn,
    spaces.sharing_type,
    coalesce(spaces.team, domain_owners.team) as team,
    coalesce(spaces.owner, domain_owners.owner) as owner,
    coalesce(spaces.cost_centre, domain_owners.cost_centre) as cost_centre,
    summed.apart_category as charge_category,
    summed.billing_currency,
    summed.billed_cost,
    summed.effective_cost,
    summed.amortized_cost,
    summed.list_cost,
    summed.usage_effective_cost,
    summed.usage_hours
from summed
cross join core.run
left join statuses on summed.billing_period = statuses.billing_period
left join spaces on summed.space_arn = spaces.space_arn
left join domain_owners on summed.shared_domain_arn = domain_owners.domain_arn
order by
    case summed.charged_to when 'space' then 1 when 'user profiles of the domain' then 2 when 'domain' then 3 else 4 end,
    summed.effective_cost desc,
    summed.space_arn asc,
    summed.domain_arn asc,
    summed.apart_category asc,
    summed.billing_currency asc
