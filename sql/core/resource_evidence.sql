-- What is known of a resource beyond the tags of its own lines, each fact with the time it holds for. Affected periods
-- are found by comparing this table with the last build's.
-- grain: resource_key, method, valid_from
-- columns:
--   resource_key: Resource as a key.
--   method: space_resource, space_history, space_event, user_profile or domain.
--   valid_from: A charge it explains begins no earlier, UTC.
--   valid_to: A charge it explains ends no later, UTC.
--   began_at: From when it holds, UTC; a charge it explains ends after. Later than valid_from where a resource was made: bills count from the full hour or day.
--   ended_at: Until when it holds, UTC; a charge it explains begins before.
--   space_arn: The space it names.
--   user_profile_arn: The user profile it names.
--   domain_arn: The domain it names.
--   evidence: The one piece of evidence, in words.
with resources as (
    select distinct resource_key from core.resource_period
    where resource_key is not null
),

apps as (
    select
        resource_key,
        app_type(resource_key) as app_type,
        app_owner(resource_key) as app_owner,
        app_space_arn(resource_key) as space_arn,
        app_user_profile_arn(resource_key) as user_profile_arn,
        domain_arn_of(resource_key) as domain_arn
    from resources
    where is_app_arn(resource_key)
),

classified_apps as (
    select
        apps.resource_key,
        apps.app_type,
        apps.app_owner,
        apps.space_arn,
        apps.user_profile_arn,
        apps.domain_arn,
        known_space.space_arn is not null as is_space,
        known_user_profile.user_profile_arn is not null as is_user_profile
    from apps
    left join core.known_space on apps.space_arn = known_space.space_arn
    left join core.known_user_profile on apps.user_profile_arn = known_user_profile.user_profile_arn
),

ambiguous_apps as (
    select resource_key from classified_apps
    where is_space and is_user_profile
),

-- The space itself, an app that runs only in spaces, or an app whose owner is a space and nothing else.
space_resources as (
    select
        resource_key,
        space_arn_of(resource_key) as space_arn,
        'the resource is the space' as evidence
    from resources
    where space_arn_of(resource_key) is not null
    union all
    select
        resource_key,
        space_arn,
        'app ARN ' || resource_key as evidence
    from classified_apps
    where
        space_arn is not null
        and (app_type in ('jupyterlab', 'codeeditor') or (is_space and not is_user_profile))
),

user_profile_resources as (
    select
        resource_key,
        user_profile_arn,
        'app ARN ' || resource_key as evidence
    from classified_apps
    where
        app_type not in ('jupyterlab', 'codeeditor')
        and is_user_profile
        and not is_space
    union all
    select
        resource_key,
        user_profile_arn_of(resource_key) as user_profile_arn,
        'the resource is the user profile' as evidence
    from resources
    where user_profile_arn_of(resource_key) is not null
),

-- RStudio's server app belongs to the whole domain.
domain_resources as (
    select
        resource_key,
        domain_arn,
        'app ARN ' || resource_key as evidence
    from classified_apps
    where app_owner = 'domain-shared'
    union all
    select
        resource_key,
        resource_key as domain_arn,
        'the resource is the domain' as evidence
    from resources
    where domain_arn_of(resource_key) = resource_key
),

-- Lines without a space tag, and the tagged lines of the same resource in the same or the previous period.
untagged as (
    select
        billing_period,
        resource_key,
        first_usage_at,
        last_usage_at,
        cast(billing_period || '-01' as date) as period_start
    from core.resource_period
    where tagged_space_arn is null and resource_key is not null
),

tagged as (
    select
        resource_key,
        tagged_space_arn,
        first_usage_at,
        last_usage_at,
        cast(billing_period || '-01' as date) as period_start
    from core.resource_period
    where tagged_space_arn is not null and resource_key is not null
),

history_pairs as (
    select
        untagged.resource_key,
        untagged.billing_period,
        untagged.period_start,
        tagged.tagged_space_arn,
        case
            when tagged.last_usage_at <= untagged.first_usage_at then tagged.last_usage_at
            when tagged.first_usage_at >= untagged.first_usage_at then tagged.first_usage_at
            when
                untagged.first_usage_at - tagged.first_usage_at
                <= tagged.last_usage_at - untagged.first_usage_at
                then tagged.first_usage_at
            else tagged.last_usage_at
        end as tagged_at,
        untagged.first_usage_at,
        least(untagged.first_usage_at, tagged.first_usage_at) as first_line_at,
        greatest(untagged.last_usage_at, tagged.last_usage_at) as last_line_at
    from untagged
    inner join tagged
        on
            untagged.resource_key = tagged.resource_key
            and (
                tagged.period_start = untagged.period_start
                or tagged.period_start = untagged.period_start - interval '1' month
            )
),

-- Two spaces in the window: the rule does not apply.
tagged_history as (
    select
        resource_key,
        period_start,
        min(tagged_space_arn) as space_arn,
        max(case when tagged_at <= first_usage_at then tagged_at end) as tagged_before,
        min(case when tagged_at > first_usage_at then tagged_at end) as tagged_after,
        min(first_usage_at) as first_usage_at,
        min(first_line_at) as first_line_at,
        max(last_line_at) as last_line_at
    from history_pairs
    group by resource_key, period_start
    having count(distinct tagged_space_arn) = 1
),

changes as (
    select
        *,
        lead(changed_at) over (partition by resource_key order by changed_at) as next_at
    from core.tag_change
),

told as (
    select
        history.resource_key,
        history.period_start,
        history.space_arn as history_space_arn,
        history.first_line_at,
        changes.changed_at,
        changes.change,
        changes.space_arn,
        changes.changed_at >= history.first_line_at as is_between,
        changes.changed_at >= history.first_line_at and changes.change = 'create' as is_creation
    from tagged_history as history
    inner join changes
        on
            history.resource_key = changes.resource_key
            and changes.changed_at < history.last_line_at + interval '1' day
            and coalesce(changes.next_at, timestamp '9999-12-31 00:00:00') > history.first_line_at
),

-- Nor does it where calls tell of a second space, or of a second resource of the name, between the first and the last
-- of these lines: a tag speaks for the resource that bears it.
contradicted as (
    select
        resource_key,
        period_start
    from told
    group by resource_key, period_start, first_line_at
    having
        count(case when is_between then 1 end) > 0
        and (
            count(case when change = 'unclear' or space_arn <> history_space_arn then 1 end) > 0
            or (
                count(case when is_creation then 1 end) > 1
                and count(case when is_creation and space_arn is null then 1 end) > 0
            )
            or min(case when is_creation then changed_at end) > min(case when is_between then changed_at end)
            or date_trunc('day', min(case when is_creation then changed_at end)) > first_line_at
        )
),

history as (
    select tagged_history.*
    from tagged_history
    left join contradicted
        on
            tagged_history.resource_key = contradicted.resource_key
            and tagged_history.period_start = contradicted.period_start
    where contradicted.resource_key is null
),

-- Neighbouring moments that say the same are one state; a resource that is made or deleted begins a new one.
moments as (
    select
        *,
        lag(change) over (partition by resource_key order by changed_at) as previous_change,
        lag(changed_at) over (partition by resource_key order by changed_at) as previous_at,
        lag(space_arn) over (partition by resource_key order by changed_at) as previous_space_arn
    from core.tag_change
),

states as (
    select
        *,
        lead(change) over (partition by resource_key order by changed_at) as next_change,
        lead(changed_at) over (partition by resource_key order by changed_at) as next_at,
        lead(changed_at, 2) over (partition by resource_key order by changed_at) as after_next_at
    from moments
    where
        previous_change is null
        or change in ('create', 'delete', 'unclear')
        or previous_change in ('delete', 'unclear')
        or space_arn is distinct from previous_space_arn
),

-- A new resource owns the hour or day it was made in, unless an earlier one of its name may have been billed in it.
events as (
    select
        resource_key,
        case
            when change <> 'create' then changed_at
            when previous_at is null then timestamp '1970-01-01 00:00:00'
            when previous_change = 'delete' then previous_at
            else changed_at
        end as valid_from,
        coalesce(
            case when next_change = 'delete' then after_next_at else next_at end, timestamp '9999-12-31 00:00:00'
        ) as valid_to,
        changed_at as began_at,
        coalesce(next_at, timestamp '9999-12-31 00:00:00') as ended_at,
        space_arn,
        'CloudTrail event ' || coalesce(event_id, 'without id') || ': ' || event_name || ', '
        || case basis when 'tag' then 'space tag of its request' else 'space its request names' end as evidence
    from states
    where
        space_arn is not null
        and resource_key not in (select resource_key from space_resources)
        -- An app whose name is a space's and a user profile's stays unresolved.
        and resource_key not in (select resource_key from ambiguous_apps)
),

final as (
    select
        resource_key,
        'space_resource' as method,
        timestamp '1970-01-01 00:00:00' as valid_from,
        timestamp '9999-12-31 00:00:00' as valid_to,
        timestamp '1970-01-01 00:00:00' as began_at,
        timestamp '9999-12-31 00:00:00' as ended_at,
        space_arn,
        null as user_profile_arn,
        domain_arn_of(space_arn) as domain_arn,
        evidence
    from space_resources
    union all
    select
        resource_key,
        'space_history' as method,
        cast(period_start as timestamp) as valid_from,
        cast(period_start + interval '1' month as timestamp) as valid_to,
        cast(period_start as timestamp) as began_at,
        cast(period_start + interval '1' month as timestamp) as ended_at,
        space_arn,
        null as user_profile_arn,
        domain_arn_of(space_arn) as domain_arn,
        'space tag on the same resource at ' || cast(
            case
                when tagged_after is null then tagged_before
                when tagged_before is null then tagged_after
                when first_usage_at - tagged_before <= tagged_after - first_usage_at then tagged_before
                else tagged_after
            end as varchar
        ) as evidence
    from history
    union all
    select
        resource_key,
        'space_event' as method,
        valid_from,
        valid_to,
        began_at,
        ended_at,
        space_arn,
        null as user_profile_arn,
        domain_arn_of(space_arn) as domain_arn,
        evidence
    from events
    union all
    select
        resource_key,
        'user_profile' as method,
        timestamp '1970-01-01 00:00:00' as valid_from,
        timestamp '9999-12-31 00:00:00' as valid_to,
        timestamp '1970-01-01 00:00:00' as began_at,
        timestamp '9999-12-31 00:00:00' as ended_at,
        null as space_arn,
        user_profile_arn,
        domain_arn_of(user_profile_arn) as domain_arn,
        evidence
    from user_profile_resources
    union all
    select
        resource_key,
        'domain' as method,
        timestamp '1970-01-01 00:00:00' as valid_from,
        timestamp '9999-12-31 00:00:00' as valid_to,
        timestamp '1970-01-01 00:00:00' as began_at,
        timestamp '9999-12-31 00:00:00' as ended_at,
        null as space_arn,
        null as user_profile_arn,
        domain_arn,
        evidence
    from domain_resources
)

select * from final
