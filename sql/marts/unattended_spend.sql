-- What interactive apps and storage of spaces cost in the last 30 days while nobody was seen at work; one row per
-- resource. A range, because work in a notebook need not call AWS. Only days that a trail tells of, in the
-- space's account and region, are judged.
-- grain: window_start, space_arn, resource_id, billing_currency
-- columns:
--   window_start: First UTC date of the 30 days.
--   window_end: Last UTC date with usage in the ledger, as_of at the latest.
--   space_arn: Space, lower case.
--   space_name: The best spelling known.
--   resource_id: Resource, spelled as delivered.
--   spend_category: What the money went to.
--   billing_currency: Currency of the amounts.
--   last_active_at: Newest call that may show a person at work in the space (a write call, CreatePresignedDomainUrl or StartSession), UTC; null where none was seen.
--   unattended_days: UTC dates it was billed without such a call on that date; storage also needs that no app ran.
--   app_hours: Hours the app ran on the judged days, as trails tell; 0 for storage.
--   unattended_hours: Billed hours on unattended days, at most those the trail shows.
--   cost_low: Cost of the days among them that began more than 12 hours after the last such call, in core.run.cost_metric.
--   cost_high: Cost of all unattended days, in core.run.cost_metric; a day whose corrections exceed its cost counts as 0.
with usage_charges as (
    select
        charge.space_arn,
        charge.resource_key,
        charge.resource_id,
        charge.spend_category,
        charge.billing_currency,
        charge.usage_date,
        charge.usage_hours,
        case run.cost_metric
            when 'billed_cost' then charge.billed_cost
            when 'amortized_cost' then charge.amortized_cost
            when 'list_cost' then charge.list_cost
            else charge.effective_cost
        end as cost,
        run.as_of
    from core.charge as charge
    cross join core.run as run
    where
        charge.role = 'ledger'
        and charge.is_usage
        and charge.space_arn is not null
        and charge.resource_key is not null
        and charge.spend_category in ('Studio apps', 'Studio storage', 'Canvas', 'RStudio')
),

window_days as (
    select
        max(usage_date) as window_end,
        max(usage_date) - 29 as window_start
    from usage_charges
    where usage_date <= as_of
),

billed as (
    select
        window_days.window_start,
        window_days.window_end,
        charges.space_arn,
        charges.resource_key,
        charges.billing_currency,
        charges.usage_date,
        min(coverage.told_since) as told_since,
        min(charges.resource_id) as resource_id,
        min(charges.spend_category) as spend_category,
        sum(charges.usage_hours) as billed_hours,
        greatest(sum(charges.cost), 0) as cost
    from usage_charges as charges
    cross join window_days
    inner join core.trail_coverage as coverage
        on
            arn_account_id(charges.space_arn) = coverage.account_id
            and arn_region(charges.space_arn) = coverage.region
            and charges.usage_date = coverage.told_date
    where charges.usage_date between window_days.window_start and window_days.window_end
    group by
        window_days.window_start,
        window_days.window_end,
        charges.space_arn,
        charges.resource_key,
        charges.billing_currency,
        charges.usage_date
),

human_days as (
    select
        space_arn,
        activity_date,
        max(event_at) as last_event_at
    from core.activity
    where is_human
    group by space_arn, activity_date
),

-- Spaces in which an app ran, by the bill or by the trail.
busy_days as (
    select
        space_arn,
        usage_date as busy_date
    from billed
    where spend_category <> 'Studio storage' and billed_hours > 0
    union
    select
        space_arn,
        activity_date as busy_date
    from core.app_day
    where space_arn is not null
),

-- Of a day no trail tells of nothing is known: the end of such days counts as a sign of life.
judged as (
    select
        billed.*,
        app_day.app_hours,
        today.activity_date is null
        and (billed.spend_category <> 'Studio storage' or busy_days.busy_date is null) as is_unattended,
        greatest(before.last_event_at, cast(billed.told_since as timestamp)) as last_sign_at
    from billed
    left join human_days as today
        on billed.space_arn = today.space_arn and billed.usage_date = today.activity_date
    left join busy_days on billed.space_arn = busy_days.space_arn and billed.usage_date = busy_days.busy_date
    left join core.app_day as app_day
        on
            billed.resource_key = app_day.app_arn
            and billed.usage_date = app_day.activity_date
            and billed.space_arn = app_day.space_arn
    left join lateral (
        select max(human_days.last_event_at) as last_event_at
        from human_days
        where human_days.space_arn = billed.space_arn and human_days.activity_date < billed.usage_date
    ) as before on true
),

last_seen as (
    select
        human_days.space_arn,
        max(human_days.last_event_at) as last_active_at
    from human_days
    cross join window_days
    where human_days.activity_date <= window_days.window_end
    group by human_days.space_arn
),

resources as (
    select
        window_start,
        window_end,
        space_arn,
        min(resource_id) as resource_id,
        min(spend_category) as spend_category,
        billing_currency,
        count(case when is_unattended then 1 end) as unattended_days,
        sum(coalesce(app_hours, 0)) as app_hours,
        sum(case when is_unattended then least(billed_hours, coalesce(app_hours, billed_hours)) else 0 end)
            as unattended_hours,
        sum(
            case
                when is_unattended and cast(usage_date as timestamp) > last_sign_at + interval '12' hour then cost
                else 0
            end
        ) as cost_low,
        sum(case when is_unattended then cost else 0 end) as cost_high
    from judged
    group by window_start, window_end, space_arn, resource_key, billing_currency
)

select
    resources.window_start,
    resources.window_end,
    resources.space_arn,
    known_space.space_name,
    resources.resource_id,
    resources.spend_category,
    resources.billing_currency,
    last_seen.last_active_at,
    resources.unattended_days,
    resources.app_hours,
    resources.unattended_hours,
    resources.cost_low,
    resources.cost_high
from resources
left join last_seen on resources.space_arn = last_seen.space_arn
left join core.known_space on resources.space_arn = known_space.space_arn
where resources.unattended_days > 0
