-- Log files of the trail $source that it reads under another name by now, because it has moved: CloudTrail gives each
-- file a name of its own, which stays when it is copied.
select file_id
from raw.trail_files
where source = $source and contains(object_key, '_CloudTrail_')
qualify row_number() over (
    partition by regexp_extract(object_key, '[^/]+$')
    order by read_at desc, problem is not null asc, file_id asc
) > 1
