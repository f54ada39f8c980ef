-- Which days pages show, what they compare like for like, and whether their first view folds small spaces; one row.
-- columns:
--   data_through: Newest day with usage that every bill has reached; null without a bill.
--   complete_through: Newest day whose usage is all there.
--   is_monthly: Whether the newest bills say nothing of days.
--   first_day: First day of the oldest billing period.
--   recent_from: First of the last 92 days; of a bill by month the first of its month.
--   shown_to: Last day that pages open with: the day the build is about, or the end of the newest month with usage.
--   daily_from: First day known day by day: the first of the month that holds recent_from.
--   now_from: Like for like: first of the month of shown_to; null where nothing can be compared.
--   now_to: Its newest complete day that the month before has too; of a bill by month its last.
--   then_from: First of the month before.
--   then_to: The day of it with the number of now_to; of a bill by month its last.
--   is_folded: Whether there are too many spaces to show each in the first view.
with newest as (
    select * from core.recent_days
),

freshness as (
    select * from core.bill_freshness
),

periods as (
    select cast(min(billing_period) || '-01' as date) as first_day from marts.deliveries
    where is_current
),

kinds as (
    select coalesce(2 * sum(monthly_count) > sum(charge_count), false) as is_monthly
    from core.budget_charge_daily
    where billing_period = (select max(billing_period) from core.budget_charge_daily)
),

spaces as (
    select count(*) as space_count from marts.spaces
),

shown as (
    select
        freshness.data_through,
        freshness.complete_through,
        kinds.is_monthly,
        coalesce(periods.first_day, newest.days_from) as first_day,
        case when kinds.is_monthly then newest.days_from else newest.newest_date - 91 end as recent_from,
        least(run.as_of, last_day(newest.newest_date)) as shown_to,
        newest.days_from as daily_from,
        spaces.space_count > 60 as is_folded
    from newest
    cross join freshness
    cross join periods
    cross join kinds
    cross join spaces
    cross join core.run as run
),

months as (
    select
        *,
        cast(date_trunc('month', shown_to) as date) as month_start,
        cast(date_trunc('month', shown_to) - interval '1' month as date) as month_before,
        least(shown_to, complete_through) as complete_to
    from shown
),

compared as (
    select
        *,
        case
            when is_monthly and shown_to = last_day(shown_to) then shown_to
            when not is_monthly and complete_to >= month_start
                then least(complete_to, month_start + (extract('day' from last_day(month_before)) - 1)::integer)
        end as now_to
    from months
)

select
    data_through,
    complete_through,
    is_monthly,
    first_day,
    recent_from,
    shown_to,
    daily_from,
    case when now_to is not null then month_start end as now_from,
    now_to,
    case when now_to is not null then month_before end as then_from,
    case
        when is_monthly and now_to is not null then last_day(month_before)
        else month_before + cast(now_to - month_start as integer)
    end as then_to,
    is_folded
from compared
