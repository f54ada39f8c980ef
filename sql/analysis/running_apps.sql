-- Apps that run now, as the SageMaker API last said, the longest first: since when, on what, and whom to ask.
select
    spaces.space_name,
    split_part(apps.user_profile_arn, '/', 3) as user_profile_name,
    apps.app_type,
    apps.app_name,
    apps.instance_type,
    apps.status,
    apps.created_at,
    datediff('hour', apps.created_at, apps.listed_at) as hours,
    spaces.last_activity_at,
    spaces.team,
    spaces.owner
from core.running_app as apps
left join marts.spaces as spaces on apps.space_arn = spaces.space_arn
where apps.instance_type is distinct from 'system'
order by apps.created_at asc, apps.app_arn asc
