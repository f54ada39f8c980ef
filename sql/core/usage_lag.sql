-- How many of the newest days of a bill still fill up, learnt from what its deliveries said of the same day; one row per
-- source whose past deliveries show it.
-- grain: source
-- columns:
--   source: Name of the billing source.
--   held_out_days: Newest days with usage that a forecast must leave out.
--   day_count: Days it was learnt from, at the age of the last day left out or, where none is, at age 0.
with said as (
    select * from raw.delivered_days
    union
    select * from core.delivered_day
),

days as (
    select
        said.*,
        deliveries.delivered_at,
        -- The newest day the source had shown by then: a closed month is delivered again while the next one grows.
        max(said.usage_date) over (partition by said.source order by deliveries.delivered_at) as data_through
    from said
    inner join raw.deliveries
        on
            said.source = deliveries.source
            and said.billing_period = deliveries.billing_period
            and said.delivery_id = deliveries.delivery_id
),

aged as (
    select
        *,
        datediff('day', usage_date, data_through) as age,
        max(datediff('day', usage_date, data_through)) over (partition by source, usage_date) as last_age,
        first_value(effective_cost) over (
            partition by source, usage_date order by delivered_at desc, delivery_id desc
        ) as last_cost
    from days
),

-- A day counts as known once a delivery saw it a week old.
completeness as (
    select
        source,
        age,
        count(distinct usage_date) as day_count,
        sum(least(effective_cost, last_cost)) >= 0.99 * sum(last_cost) as is_full
    from aged
    where last_age >= 7 and age < 7 and last_cost > 0
    group by source, age
),

learnt as (
    select
        source,
        max(case when not is_full then age + 1 else 0 end) as held_out_days
    from completeness
    group by source
    -- Seven days seen at each of the ages before a day is known, or there is nothing to go by.
    having count(*) = 7 and min(day_count) >= 7
)

select
    learnt.source,
    cast(learnt.held_out_days as integer) as held_out_days,
    completeness.day_count
from learnt
inner join completeness
    on learnt.source = completeness.source and completeness.age = greatest(learnt.held_out_days - 1, 0)
