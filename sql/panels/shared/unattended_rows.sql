-- What apps and storage of spaces cost in the last 30 days while nobody was seen at work, whom to ask, and the command
-- that ends it.
-- columns:
--   window_start: First UTC date of the 30 days.
--   window_end: Last UTC date of them.
--   space_arn: Space, lower case.
--   space_name: The best spelling known.
--   domain_arn: Its domain, lower case.
--   account_id: Its account.
--   region: Its region.
--   team: Team, from the owners file.
--   owner: Whom to ask, from the owners file or the user profile that owns the space.
--   last_user_name: The identified person last seen in the space.
--   last_user_at: When, UTC.
--   ask: The owner, else the person last seen.
--   resource_id: Resource, spelled as delivered.
--   spend_category: What the money went to.
--   billing_currency: Currency of the amounts.
--   last_active_at: Newest call that may show a person at work, UTC; null where none was seen.
--   unattended_days: UTC dates it was billed without such a call.
--   app_hours: Hours the app ran on the judged days; 0 for storage.
--   unattended_hours: Billed hours on unattended days.
--   cost_low: Cost of the days that began more than 12 hours after the last such call, in core.run.cost_metric.
--   cost_high: Cost of all unattended days, in core.run.cost_metric.
--   is_deleted: Whether a trail saw the space deleted.
--   is_in_use: Whether it is storage of a space that people worked in during the 30 days.
--   command: The AWS CLI command that stops or deletes it; null where there is none, and for storage in use.
--   command_note: What it does to data, or why there is no command.
with unattended as (
    select * from marts.unattended_spend
),

spaces as (
    select * from marts.spaces
),

last_seen as (
    select
        space_arn,
        user_name,
        event_at,
        row_number() over (partition by space_arn order by event_at desc, event_key asc) as call_rank
    from core.activity
    where user_name is not null and error_code is null
),

joined as (
    select
        unattended.*,
        spaces.domain_arn,
        spaces.account_id,
        spaces.region,
        spaces.team,
        spaces.owner,
        last_seen.user_name as last_user_name,
        last_seen.event_at as last_user_at,
        coalesce(spaces.status = 'Deleted', false) as is_deleted,
        -- Storage rests at night and at weekends: that is no reason to delete what people use.
        unattended.spend_category = 'Studio storage'
        and coalesce(unattended.last_active_at >= unattended.window_start, false) as is_in_use
    from unattended
    left join spaces on unattended.space_arn = spaces.space_arn
    left join last_seen on unattended.space_arn = last_seen.space_arn and last_seen.call_rank = 1
)

select
    window_start,
    window_end,
    space_arn,
    space_name,
    domain_arn,
    account_id,
    region,
    team,
    owner,
    last_user_name,
    last_user_at,
    coalesce(owner, last_user_name) as ask,
    resource_id,
    spend_category,
    billing_currency,
    last_active_at,
    unattended_days,
    app_hours,
    unattended_hours,
    cost_low,
    cost_high,
    is_deleted,
    is_in_use,
    case
        when not is_deleted and not is_in_use then end_command(resource_id, spend_category, space_arn, space_name)
    end as command,
    case
        when is_deleted then 'the space is deleted: this ends by itself, or is billed in error'
        when is_in_use then 'no command: people worked in the space in these days, and deleting it deletes their files'
        else end_note(resource_id, spend_category, space_arn, space_name)
    end as command_note
from joined
