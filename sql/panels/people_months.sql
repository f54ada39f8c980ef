-- Which identified people were active in each space in each month.
-- shard: billing_period
-- columns:
--   billing_period: Calendar month.
--   space_arn: Space, lower case.
--   user_name: The person.
select distinct
    billing_period,
    space_arn,
    user_name
from marts.space_users_monthly
where user_name is not null
order by billing_period, space_arn, user_name
