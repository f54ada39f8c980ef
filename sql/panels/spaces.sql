-- Every known space, and where its page lies; other datasets name a space by its place here.
-- columns:
--   space_arn: Space, lower case.
--   title: What people call it.
--   space_name: The best spelling known.
--   domain_arn: Its domain.
--   domain_title: What people call its domain.
--   account_id: Its account.
--   region: Its region.
--   sharing_type: Shared or Private; an unknown one counts as shared.
--   is_sharing_known: Whether anything told so.
--   team: Team, from the owners file.
--   owner: Whom to ask.
--   cost_centre: Cost centre, from the owners file.
--   app_type: App type, where known.
--   storage_gb: Size of its volume, where known.
--   evidence: How the space is known.
--   created_at: When its latest life began, UTC.
--   deleted_at: When it was deleted, UTC.
--   first_spend_date: First date with priced usage.
--   last_spend_date: Last date with priced usage.
--   last_activity_at: Newest call that belongs to it, UTC.
--   page: Name of its page: safe and unique whatever strangers named the space.
--   colour: Its place among all spaces by cost of the last 92 days, 0 the dearest: what colours are given by.
--   folds: What the first view counts it under; null where it stands for itself.
with spaces as (
    select * from marts.spaces
),

ranks as (
    select * from space_rank
),

folds as (
    select
        'Other shared spaces' as title,
        'Shared' as sharing_type
    union all
    select
        'Other private spaces' as title,
        'Private' as sharing_type
)

select
    spaces.space_arn,
    coalesce(spaces.space_display_name, spaces.space_name, spaces.space_arn) as title,
    spaces.space_name,
    spaces.domain_arn,
    coalesce(spaces.domain_name, split_part(spaces.domain_arn, '/', 2)) as domain_title,
    spaces.account_id,
    spaces.region,
    coalesce(spaces.sharing_type, 'Shared') as sharing_type,
    spaces.sharing_type is not null as is_sharing_known,
    spaces.team,
    spaces.owner,
    spaces.cost_centre,
    spaces.app_type,
    spaces.storage_gb,
    spaces.evidence,
    spaces.created_at,
    spaces.deleted_at,
    spaces.first_spend_date,
    spaces.last_spend_date,
    spaces.last_activity_at,
    ranks.page,
    ranks.cost_rank as colour,
    ranks.folds
from spaces
inner join ranks on spaces.space_arn = ranks.space_arn
union all
select
    folds.title as space_arn,
    folds.title,
    null as space_name,
    null as domain_arn,
    null as domain_title,
    null as account_id,
    null as region,
    folds.sharing_type,
    true as is_sharing_known,
    null as team,
    null as owner,
    null as cost_centre,
    null as app_type,
    null as storage_gb,
    null as evidence,
    null as created_at,
    null as deleted_at,
    null as first_spend_date,
    null as last_spend_date,
    null as last_activity_at,
    null as page,
    null as colour,
    null as folds
from folds
cross join days_shown
where days_shown.is_folded
order by space_arn
