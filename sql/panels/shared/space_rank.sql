-- How pages treat each space: the name of its page, its place by cost, and whether the first view folds it.
-- columns:
--   space_arn: Space, lower case.
--   page: Name of its page.
--   cost_rank: Its place by cost of the last 92 days, 0 the dearest.
--   folds: What the first view counts it under; null where it stands for itself.
with days_shown as (
    select * from days_shown
),

run as (
    select * from core.run
),

costs as (
    select
        spend.space_arn,
        sum(
            measured(
                run.cost_metric, spend.effective_cost, spend.amortized_cost, spend.billed_cost, spend.list_cost
            )
        ) as cost
    from page_spend as spend
    cross join days_shown
    cross join run
    where spend.usage_date >= days_shown.recent_from
    group by spend.space_arn
),

ranked as (
    select
        spaces.space_arn,
        spaces.space_name,
        spaces.sharing_type,
        row_number() over (order by coalesce(costs.cost, 0) desc, spaces.space_arn asc) - 1 as cost_rank
    from marts.spaces as spaces
    left join costs on spaces.space_arn = costs.space_arn
)

select
    ranked.space_arn,
    coalesce(
        nullif(
            trim(left(trim(regexp_replace(lower(ranked.space_name), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''
        ),
        'space'
    ) || '-' || left(sha256(ranked.space_arn), 12) as page,
    ranked.cost_rank,
    case
        when days_shown.is_folded and ranked.cost_rank >= 40
            then case when ranked.sharing_type = 'Private' then 'Other private spaces' else 'Other shared spaces' end
    end as folds
from ranked
cross join days_shown
