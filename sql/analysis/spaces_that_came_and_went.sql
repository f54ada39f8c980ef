-- Spaces by the first and last day they cost anything, with how they are known.
select
    space_name,
    space_arn,
    team,
    owner,
    first_spend_date,
    last_spend_date,
    evidence
from marts.spaces
order by last_spend_date desc nulls last, space_arn asc
