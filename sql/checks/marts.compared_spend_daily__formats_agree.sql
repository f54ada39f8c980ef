-- Two formats of the same bill agree on effective cost by space and day.
-- severity: warn
select *
from marts.compared_spend_daily
where abs(difference) > 0.0000000001
