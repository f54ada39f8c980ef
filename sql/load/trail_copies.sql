-- Log files that the trail $source read under its former address and, at $now, under its new one too: CloudTrail gives
-- each file a name of its own, which stays wherever it is copied to. Two that lie below one address both count.
select former.file_id
from raw.trail_files as former
inner join raw.trail_files as latter
    on
        former.source = latter.source
        and regexp_extract(former.object_key, '[^/]+$') = regexp_extract(latter.object_key, '[^/]+$')
where
    former.source = $source
    and contains(former.object_key, '_CloudTrail_')
    and former.read_at < $now
    and latter.read_at = $now
    and latter.problem is null
group by former.file_id
