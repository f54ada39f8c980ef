-- Every budget in each of its periods, from the ledger's first to that of the day the build is about; a budget that has
-- not begun yet stands with its first period.
-- grain: budget_name, period_start
-- columns:
--   period_id: Name and first day of the period, as one text.
--   budget_name: Its name; a budget for each space names the space too.
--   budget_number: Its place in the configuration.
--   scope: space or domain.
--   scope_arn: Space or domain, lower case.
--   period: monthly, quarterly, annual or custom.
--   period_start: First day of the period.
--   period_end: Last day of the period.
--   plan: even, or weekdays.
--   amount: What may be spent in the period.
--   billing_currency: Currency of the amount.
--   lowest_warn_at: The lowest share of the amount at which to warn.
--   is_for_each_space: Whether it is one of a budget for each space without its own.
--   is_known: Whether anything but the configuration names the space or domain.
with run as (
    select * from core.run
),

budgets as (
    select * from raw.budgets
),

life as (
    select * from core.space_life
),

first_bill as (
    select min(cast(billing_period || '-01' as date)) as first_day from core.period
    where role = 'ledger'
),

spend as (
    select
        scope_arn,
        min(usage_date) as first_date,
        max(usage_date) as last_date
    from core.scope_spend_daily
    group by scope_arn
),

known_spaces as (
    select
        known_space.space_arn,
        known_space.domain_arn,
        -- As the ARN spells it: a better spelling that comes later must not make another budget of it.
        arn_name(known_space.space_arn) || ' (' || split_part(known_space.domain_arn, '/', 2) || ')' as label,
        known_space.evidence,
        least(spend.first_date, cast(life.created_at as date)) as first_date,
        case when life.deleted_at is not null then greatest(spend.last_date, cast(life.deleted_at as date)) end
            as last_date
    from core.known_space
    left join spend on known_space.space_arn = spend.scope_arn
    left join life on known_space.space_arn = life.space_arn
),

labelled as (
    select
        *,
        count(*) over (partition by label) as label_count
    from known_spaces
),

known as (
    select space_arn as scope_arn from known_spaces
    where evidence <> 'configuration'
    union
    select domain_arn as scope_arn from known_spaces
    where evidence <> 'configuration'
    union
    select domain_arn_of(user_profile_arn) as scope_arn from core.known_user_profile
    union
    select scope_arn from spend
),

scoped as (
    select
        budget_name,
        budget_number,
        scope,
        scope_arn,
        false as is_for_each_space,
        cast(null as date) as first_date,
        cast(null as date) as last_date
    from budgets
    where scope <> 'each space'
    union all
    select
        budgets.budget_name || ': ' || case
            when labelled.label_count = 1 then labelled.label else labelled.space_arn
        end as budget_name,
        budgets.budget_number,
        'space' as scope,
        labelled.space_arn as scope_arn,
        true as is_for_each_space,
        labelled.first_date,
        labelled.last_date
    from budgets
    cross join labelled
    where budgets.scope = 'each space' and labelled.first_date is not null
),

begun as (
    select
        scoped.*,
        budgets.period,
        budgets.plan,
        budgets.amount,
        budgets.billing_currency,
        budgets.lowest_warn_at,
        budgets.start_date,
        budgets.end_date,
        run.as_of,
        case
            when budgets.period = 'custom' then [budgets.start_date]
            else periods_of(
                budgets.period,
                least(first_bill.first_day, run.as_of),
                (greatest(run.as_of, coalesce(budgets.start_date, run.as_of)) + interval '1' year)::date
            )
        end as period_starts
    from scoped
    inner join budgets on scoped.budget_number = budgets.budget_number
    cross join run
    cross join first_bill
),

dated as (
    select
        * exclude (period_starts),
        unnest(period_starts) as period_start
    from begun
),

holding as (
    select
        *,
        case
            when period = 'custom' then end_date
            else cast(period_start + to_months(period_months(period)) - interval '1' day as date)
        end as period_end,
        row_number() over (partition by budget_name, budget_number order by period_start) as period_rank
    from dated
    where
        period_start >= coalesce(start_date, period_start)
        and (period = 'custom' or period_start <= coalesce(end_date, period_start))
),

-- A space has its own budget in periods that begin on a day of a period of one that names it.
own as (
    select
        scope_arn,
        period_start,
        period_end
    from holding
    where scope = 'space' and not is_for_each_space
),

with_own as (
    select distinct
        holding.budget_name,
        holding.period_start
    from holding
    inner join own
        on
            holding.scope_arn = own.scope_arn
            and own.period_start <= holding.period_start
            and own.period_end >= holding.period_start
    where holding.is_for_each_space
)

select
    holding.budget_name || ' from ' || cast(holding.period_start as varchar) as period_id,
    holding.budget_name,
    holding.budget_number,
    holding.scope,
    holding.scope_arn,
    holding.period,
    holding.period_start,
    holding.period_end,
    holding.plan,
    holding.amount,
    holding.billing_currency,
    holding.lowest_warn_at,
    holding.is_for_each_space,
    known.scope_arn is not null as is_known
from holding
left join known on holding.scope_arn = known.scope_arn
left join with_own
    on holding.budget_name = with_own.budget_name and holding.period_start = with_own.period_start
where
    with_own.budget_name is null
    and (holding.period_start <= holding.as_of or (holding.period_rank = 1 and not holding.is_for_each_space))
    and (
        not holding.is_for_each_space
        or (
            holding.period_end >= holding.first_date
            and holding.period_start <= coalesce(holding.last_date, holding.period_start)
        )
    )
