-- The days that trails tell of, by account and region: in silence on any other day there is no meaning. A day is told
-- where the trail that tells of the account and region has any record on it and no log file of theirs is set aside, or
-- where LookupEvents was asked for it: after its end, or on the day itself. One row per account, region and day.
-- grain: account_id, region, told_date
-- columns:
--   account_id: Account events were told to.
--   region: AWS region.
--   told_date: UTC date, from the first event of that account and region on, up to the build's as_of.
--   told_since: First date of the unbroken stretch of told days.
--   last_date: Last told date of that account and region.
with counted as (
    select
        counts.source,
        counts.account_id,
        counts.region,
        counts.event_date,
        case
            when files.etag like 'whole-%' or files.etag like 'settled-%' then 'whole'
            when files.etag like 'open-%' then 'open'
        end as looked_up
    from raw.trail_counts as counts
    inner join raw.trails as trails on counts.source = trails.source
    left join raw.trail_files as files on counts.source = files.source and counts.file_id = files.file_id
    cross join core.run
    where
        (trails.start_at is null or counts.event_date >= cast(trails.start_at as date))
        and counts.event_date <= run.as_of
),

told_of as (
    select
        source,
        account_id,
        region,
        min(event_date) as first_date
    from counted
    where looked_up is null and account_id is not null and region is not null
    group by source, account_id, region
),

days as (
    select distinct
        source,
        event_date
    from counted
    where looked_up is null
),

-- Log files that could not be read lack calls that were made; their keys say whose and of which day.
placed as (
    select
        source,
        regexp_extract(
            location,
            '/(\d{12})/CloudTrail/([a-z0-9-]+)/(\d{4}/\d{2}/\d{2})/[^/]+$',
            ['account_id', 'region', 'folder_day']
        ) as place
    from raw.ingest_problems
    where is_open and problem in ('unfetched_trail_file', 'broken_trail_file', 'oversized_trail_file')
),

set_aside as (
    select distinct
        source,
        struct_extract(place, 'account_id') as account_id,
        struct_extract(place, 'region') as region,
        struct_extract(place, 'folder_day') as folder_day
    from placed
),

-- LookupEvents tells of one account, region and day at a time, of a day that is not over only in part.
told as (
    select
        told_of.account_id,
        told_of.region,
        days.event_date as told_date
    from told_of
    inner join days on told_of.source = days.source and told_of.first_date <= days.event_date
    left join set_aside
        on
            told_of.source = set_aside.source
            and told_of.account_id = set_aside.account_id
            and told_of.region = set_aside.region
            and strftime(days.event_date, '%Y/%m/%d') = set_aside.folder_day
    where set_aside.source is null
    union
    select
        counted.account_id,
        counted.region,
        counted.event_date as told_date
    from counted
    cross join core.run
    where counted.looked_up = 'whole' or (counted.looked_up = 'open' and counted.event_date = run.as_of)
),

numbered as (
    select
        *,
        told_date - cast(row_number() over (partition by account_id, region order by told_date) as integer) as stretch
    from told
)

select
    account_id,
    region,
    told_date,
    min(told_date) over (partition by account_id, region, stretch) as told_since,
    max(told_date) over (partition by account_id, region) as last_date
from numbered
