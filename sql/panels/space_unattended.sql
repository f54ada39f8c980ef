-- The same of each space by itself.
-- shard: space_arn
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
select *
from unattended_rows
where space_arn is not null
order by space_arn asc, cost_high desc, resource_id asc, billing_currency asc
