-- Every space anything names, a deleted one too; one row per space.
-- grain: space_arn
-- columns:
--   space_arn: Space ARN, lower case.
--   space_name: The best spelling known, the SageMaker API's where it lists the space.
--   space_display_name: Name people use, from the owners file or the SageMaker API.
--   domain_arn: Its domain.
--   domain_name: Name of that domain, from the owners file, else from the SageMaker API.
--   account_id: Its account.
--   account_name: Name of that account, where known.
--   region: Its region.
--   sharing_type: Shared or Private, as it was made; null where unknown, which counts as shared.
--   team: Team, from the owners file.
--   owner: Whom to ask, from the owners file; else the user profile that owns the space.
--   cost_centre: Cost centre, from the owners file.
--   app_type: App type, where known.
--   storage_gb: Size of its volume, where known.
--   status: Deleted where a trail saw that, or where the SageMaker API lists the spaces of its account and region without
--     it; else its status in the API; null where neither tells.
--   created_at: When its latest life began, UTC.
--   deleted_at: When it was deleted, UTC; where only the SageMaker API tells, the run that saw it listed no longer; null
--     where it was gone before the API was first asked.
--   first_spend_date: First date with priced usage.
--   last_spend_date: Last date with priced usage.
--   last_activity_at: Newest call that belongs to it, UTC.
--   evidence: How the space is known: tag, app, resource, api, event or configuration.
with spend as (
    select
        space_arn,
        min(usage_date) as first_spend_date,
        max(usage_date) as last_spend_date
    from marts.space_spend_daily
    where purchase_option is not null and space_arn is not null
    group by space_arn
),

activity as (
    select
        space_arn,
        max(event_at) as last_activity_at
    from core.activity
    group by space_arn
),

owners as (
    select * from raw.owners
),

-- Accounts and regions whose spaces the API listed, and when last; what it lists there is all there is.
listings as (
    select
        regions.account_id,
        regions.region,
        max(snapshots.taken_at) as listed_at
    from raw.api_regions as regions
    inner join raw.api_snapshots as snapshots on regions.source = snapshots.source
    where regions.seen_until is null
    group by regions.account_id, regions.region
),

listed as (
    select distinct space_arn_of(space_arn) as space_arn from raw.api_spaces
    where seen_until is null
),

domain_names as (
    select
        domain_arn,
        domain_name,
        row_number() over (partition by domain_arn order by seen_until is null desc, seen_from desc) as recency
    from raw.api_domains
)

select
    known_space.space_arn,
    known_space.space_name,
    coalesce(space_owners.display_name, life.space_display_name) as space_display_name,
    known_space.domain_arn,
    coalesce(domain_owners.display_name, domain_names.domain_name) as domain_name,
    arn_account_id(known_space.space_arn) as account_id,
    cast(null as varchar) as account_name,
    arn_region(known_space.space_arn) as region,
    life.sharing_type,
    coalesce(space_owners.team, domain_owners.team) as team,
    coalesce(space_owners.owner, life.owner_user_profile_name, domain_owners.owner) as owner,
    coalesce(space_owners.cost_centre, domain_owners.cost_centre) as cost_centre,
    life.app_type,
    life.storage_gb,
    case
        when life.status is not null then life.status
        -- Not listed, and older than the list: it was gone before the API was first asked.
        when
            listings.listed_at is not null
            and listed.space_arn is null
            and known_space.evidence <> 'configuration'
            and coalesce(life.created_at < listings.listed_at, true)
            and coalesce(spend.last_spend_date < cast(listings.listed_at as date), true)
            and coalesce(activity.last_activity_at < listings.listed_at, true)
            then 'Deleted'
    end as status,
    life.created_at,
    life.deleted_at,
    spend.first_spend_date,
    spend.last_spend_date,
    activity.last_activity_at,
    known_space.evidence
from core.known_space
left join owners as space_owners on known_space.space_arn = space_owners.space_arn
left join owners as domain_owners
    on known_space.domain_arn = domain_owners.domain_arn and domain_owners.space_arn is null
left join spend on known_space.space_arn = spend.space_arn
left join activity on known_space.space_arn = activity.space_arn
left join core.space_life as life on known_space.space_arn = life.space_arn
left join listings
    on
        arn_account_id(known_space.space_arn) = listings.account_id
        and arn_region(known_space.space_arn) = listings.region
left join listed on known_space.space_arn = listed.space_arn
left join domain_names on known_space.domain_arn = domain_names.domain_arn and domain_names.recency = 1
