-- Log files that the trail $source read under its former address and, at $now, under its new one too: CloudTrail gives
-- each file a name of its own, which stays wherever it is copied to. Two that lie below one address both count.
with files as (
    select
        file_id,
        object_key,
        size,
        event_count,
        problem,
        read_at = $now as is_new,
        regexp_extract(object_key, '[^/]*_CloudTrail_[^/]*$') as file_name
    from raw.trail_files
    where source = $source
)

select
    former.file_id,
    former.object_key
from files as former
inner join files as latter on former.file_name = latter.file_name
where
    former.file_name <> ''
    and not former.is_new
    and latter.is_new
    and latter.problem is null
    and (
        former.problem is not null
        or (former.size = latter.size and former.event_count = latter.event_count)
    )
group by former.file_id, former.object_key
