-- Every space anything names: tags, JupyterLab and CodeEditor apps (which run only in spaces), the SageMaker API,
-- successful calls, configuration. A space that is gone stays known.
-- grain: space_arn
-- columns:
--   space_arn: Space ARN, lower case.
--   domain_arn: Its domain.
--   space_name: The best spelling known: the SageMaker API's, else one with capital letters, as AWS lower-cases some.
--   evidence: How it is known, the strongest first: tag, app, resource, api, event or configuration.
with tagged as (
    select
        tagged_space_arn as space_arn,
        tagged_space_name as space_name,
        'tag' as evidence,
        1 as strength
    from core.resource_period
    where tagged_space_arn is not null
),

apps as (
    select
        app_space_arn(resource_key) as space_arn,
        split_part(coalesce(resource_id, resource_key), '/', 3) as space_name,
        'app' as evidence,
        2 as strength
    from core.resource_period
    where is_app_arn(resource_key) and app_type(resource_key) in ('jupyterlab', 'codeeditor')
),

spaces as (
    select
        space_arn_of(resource_key) as space_arn,
        arn_name(coalesce(resource_id, resource_key)) as space_name,
        'resource' as evidence,
        2 as strength
    from core.resource_period
    where space_arn_of(resource_key) is not null
),

configured as (
    select
        space_arn,
        arn_name(space_arn) as space_name,
        'configuration' as evidence,
        5 as strength
    from raw.configured_spaces
),

api as (
    select
        space_arn_of(space_arn) as space_arn,
        space_name,
        'api' as evidence,
        3 as strength,
        seen_from as told_at
    from raw.api_spaces
),

-- What a call names, made or tagged; an ARN that merely stands somewhere in a request makes no space known.
events as (
    select
        space_arn,
        space_name,
        'event' as evidence,
        4 as strength
    from core.trail_event
    where error_code is null
    union all
    select
        space_arn_of(resource_arn) as space_arn,
        arn_name(resource_arn) as space_name,
        'event' as evidence,
        4 as strength
    from core.trail_event
    where error_code is null
    union all
    select
        app_space_arn(resource_arn) as space_arn,
        app_owner(resource_arn) as space_name,
        'event' as evidence,
        4 as strength
    from core.trail_event
    where
        error_code is null
        and is_app_arn(resource_arn)
        and app_type(resource_arn) in ('jupyterlab', 'codeeditor')
),

named as (
    select * from tagged
    union all
    select * from apps
    union all
    select * from spaces
    union all
    select * from events
    union all
    select * from configured
),

-- Only the SageMaker API says how a name was spelled when the space was made, the newest word best.
spelled as (
    select
        *,
        cast(null as timestamp) as told_at
    from named
    union all
    select * from api
),

ranked as (
    select
        *,
        row_number() over (
            partition by space_arn
            order by
                told_at desc nulls last,
                case when space_name <> lower(space_name) then 0 else 1 end asc,
                space_name asc,
                strength asc
        ) as spelling_rank,
        row_number() over (partition by space_arn order by strength, evidence) as evidence_rank
    from spelled
    where space_arn is not null
)

select
    space_arn,
    domain_arn_of(space_arn) as domain_arn,
    max(case when spelling_rank = 1 then space_name end) as space_name,
    max(case when evidence_rank = 1 then evidence end) as evidence
from ranked
group by space_arn
