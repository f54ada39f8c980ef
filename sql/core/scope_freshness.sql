-- How far the data of each space and domain reaches: the least of its sources that still deliver.
-- grain: scope_arn
-- columns:
--   scope_arn: Space or domain, lower case.
--   data_through: Newest date with usage in its bills.
--   complete_through: Newest date whose usage is all there.
with charges as (
    select * from core.budget_charge_daily
),

scopes as (
    select
        space_arn as scope_arn,
        source
    from charges
    where space_arn is not null
    union
    select
        domain_arn as scope_arn,
        source
    from charges
    where domain_arn is not null
),

reach as (
    select
        scopes.scope_arn,
        freshness.data_through,
        freshness.complete_through,
        max(freshness.data_through) over (partition by scopes.scope_arn) as newest
    from scopes
    inner join core.source_freshness as freshness on scopes.source = freshness.source
)

select
    scope_arn,
    min(data_through) as data_through,
    min(complete_through) as complete_through
from reach
-- A payer account that was left months ago holds nothing back.
where data_through >= newest - 7
group by scope_arn
