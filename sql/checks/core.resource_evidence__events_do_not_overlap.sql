-- Events place a resource in one space at a time.
-- severity: fail
select
    one.resource_key,
    one.space_arn,
    other.space_arn as other_space_arn,
    one.began_at,
    other.began_at as other_began_at
from core.resource_evidence as one
inner join core.resource_evidence as other
    on
        one.resource_key = other.resource_key
        and one.method = 'space_event'
        and other.method = 'space_event'
        and one.began_at < other.began_at
        and one.ended_at > other.began_at
