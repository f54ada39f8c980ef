-- Every space that has spend is in the list of spaces.
-- severity: fail
select distinct space_arn
from marts.space_spend_daily
where space_arn is not null and space_arn not in (select space_arn from marts.spaces)
