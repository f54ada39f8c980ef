-- Days that cost more than a space's own history explains, and what moved them.
-- grain: usage_date, space_arn, billing_currency
-- columns:
--   usage_date: UTC date.
--   space_arn: Space, lower case.
--   space_name: Its name, the best spelling known.
--   billing_currency: Currency of the amounts.
--   actual: Cost of the day in the measure that budgets count.
--   expected: What its history had the day cost.
--   expected_low: Lower end of what its history explains.
--   expected_high: Upper end of what its history explains.
--   excess: Actual less expected.
--   first_date: First of the days in a row that are anomalies.
--   spend_category: Category that moved the day most; null where nothing costs more than usual.
--   resource_id: Resource that moved it most, spelled as delivered.
--   mover_cost: Cost of that resource and category on the day.
--   mover_usual_cost: The same on an average of the 28 days before.
with run as (
    select * from core.run
),

history as (
    select * from core.scope_history
),

-- Two tables, not three: DuckDB would join by the comparison of amounts first.
unexplained as (
    select
        history.usage_date,
        history.scope_arn as space_arn,
        history.billing_currency,
        history.spent as actual,
        estimated(expected.expected) as expected,
        estimated(expected.expected_low) as expected_low,
        estimated(expected.expected_high) as expected_high
    from core.expected_spend as expected
    inner join history on expected.scope_id = history.scope_id and expected.usage_date = history.usage_date
    where history.spent > estimated(expected.expected_high)
),

-- Days in a row share their number of days less their place among the space's anomalies.
placed as (
    select
        *,
        datediff('day', date '2000-01-01', usage_date)
        - row_number() over (partition by space_arn, billing_currency order by usage_date) as row_group
    from unexplained
),

grouped as (
    select
        *,
        min(usage_date) over (partition by space_arn, billing_currency, row_group) as first_date
    from placed
),

costs as (
    select
        charge.space_arn,
        charge.billing_currency,
        charge.usage_date,
        charge.spend_category,
        charge.resource_key,
        min(charge.resource_id) as resource_id,
        sum(
            measured(
                run.cost_metric, charge.effective_cost, charge.amortized_cost, charge.billed_cost, charge.list_cost
            )
        ) as cost
    from core.charge as charge
    cross join run
    where
        charge.role = 'ledger'
        and is_budgeted(charge.charge_category, charge.spend_category)
        and charge.space_arn in (select space_arn from unexplained)
    group by
        charge.space_arn, charge.billing_currency, charge.usage_date, charge.spend_category, charge.resource_key
),

-- The day and the 28 before it, to join by day: a join by a span of days compares every pair.
looked_at as (
    select
        *,
        unnest(
            dates_of(cast(usage_date - 28 as timestamp), cast(usage_date as timestamp) + interval '1' day)
        ) as cost_date
    from unexplained
),

movers as (
    select
        unexplained.space_arn,
        unexplained.billing_currency,
        unexplained.usage_date,
        costs.spend_category,
        costs.resource_key,
        max(costs.resource_id) as resource_id,
        sum(case when costs.usage_date = unexplained.usage_date then costs.cost else 0 end) as mover_cost,
        share_of_days(
            sum(case when costs.usage_date < unexplained.usage_date then costs.cost else 0 end), 1, 28
        ) as mover_usual_cost
    from looked_at as unexplained
    inner join costs
        on
            unexplained.space_arn = costs.space_arn
            and unexplained.billing_currency = costs.billing_currency
            and unexplained.cost_date = costs.usage_date
    group by
        unexplained.space_arn, unexplained.billing_currency, unexplained.usage_date,
        costs.spend_category, costs.resource_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by space_arn, billing_currency, usage_date
            order by mover_cost - mover_usual_cost desc, spend_category asc, resource_key asc
        ) as mover_rank
    from movers
    where mover_cost > mover_usual_cost
)

select
    grouped.usage_date,
    grouped.space_arn,
    spaces.space_name,
    grouped.billing_currency,
    grouped.actual,
    grouped.expected,
    grouped.expected_low,
    grouped.expected_high,
    grouped.actual - grouped.expected as excess,
    grouped.first_date,
    ranked.spend_category,
    ranked.resource_id,
    ranked.mover_cost,
    ranked.mover_usual_cost
from grouped
left join core.known_space as spaces on grouped.space_arn = spaces.space_arn
left join ranked
    on
        grouped.space_arn = ranked.space_arn
        and grouped.billing_currency = ranked.billing_currency
        and grouped.usage_date = ranked.usage_date
        and ranked.mover_rank = 1
