-- What happened to the space of each resource that is billed without a space tag: made, tagged, untagged or deleted;
-- one row per resource and moment.
-- grain: resource_key, changed_at
-- columns:
--   resource_key: The resource, as bills name it, in lower case.
--   changed_at: When, UTC.
--   change: create, tag, untag, delete, or unclear where one second holds calls that contradict each other.
--   space_arn: The space it is in from then on; null where it is in none, or where that is unclear.
--   event_id: CloudTrail event that says so.
--   event_name: That call.
--   basis: What in the call names the space: its tag or its request.
with untagged as (
    select resource_key from core.resource_period
    where tagged_space_arn is null
),

calls as (
    select
        resource_arn as resource_key,
        event_at as changed_at,
        event_id,
        event_key,
        event_name,
        case
            when starts_with(event_name, 'Create') then 'create'
            when event_name = 'AddTags' then 'tag'
            when event_name = 'DeleteTags' then 'untag'
            else 'delete'
        end as change,
        case
            when event_name = 'AddTags' then tagged_space_arn
            when tagged_space_arn <> named_space_arn then null
            when starts_with(event_name, 'Create') then coalesce(tagged_space_arn, named_space_arn)
        end as space_arn,
        case when tagged_space_arn is not null then 'tag' else 'request' end as basis
    from core.trail_event
    where
        error_code is null
        and resource_arn is not null
        and (
            starts_with(event_name, 'Create')
            or starts_with(event_name, 'Delete')
            or (event_name = 'AddTags' and sets_space_tag)
        )
        and (event_name <> 'DeleteTags' or drops_space_tag)
        and resource_arn in (select resource_key from untagged)
),

-- Within one second a resource is made before it is tagged; calls that name two spaces leave it unclear.
moments as (
    select
        resource_key,
        changed_at,
        count(case when change in ('tag', 'untag') then 1 end) as tag_count,
        count(case when change = 'create' then 1 end) as create_count,
        count(case when change = 'delete' then 1 end) as delete_count,
        count(distinct case when change in ('tag', 'untag') then coalesce(space_arn, 'none') end) as tag_states,
        count(distinct case when change = 'create' then coalesce(space_arn, 'none') end) as create_states,
        max(case when change in ('tag', 'untag') then space_arn end) as tagged_space_arn,
        max(case when change = 'create' then space_arn end) as created_space_arn
    from calls
    group by resource_key, changed_at
),

settled as (
    select
        resource_key,
        changed_at,
        case
            when delete_count > 0 and (create_count > 0 or tag_count > 0) then 'unclear'
            when delete_count > 0 then 'delete'
            when tag_states > 1 or create_states > 1 then 'unclear'
            when create_count > 0 then 'create'
            when tagged_space_arn is not null then 'tag'
            else 'untag'
        end as change,
        case
            when delete_count > 0 or tag_states > 1 or create_states > 1 then null
            when tag_count > 0 then tagged_space_arn
            else created_space_arn
        end as space_arn
    from moments
),

ranked as (
    select
        *,
        row_number() over (
            partition by resource_key, changed_at, space_arn order by change = 'create', event_key
        ) as call_rank
    from calls
)

select
    settled.resource_key,
    settled.changed_at,
    settled.change,
    settled.space_arn,
    ranked.event_id,
    ranked.event_name,
    ranked.basis
from settled
left join ranked
    on
        settled.resource_key = ranked.resource_key
        and settled.changed_at = ranked.changed_at
        and settled.space_arn = ranked.space_arn
        and ranked.call_rank = 1
