-- The days that trails tell of, by account and region: in silence on any other day there is no meaning. A day is told
-- where the trail that tells of the account and region has any record on it; one row per account, region and day.
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
        counts.event_date
    from raw.trail_counts as counts
    inner join raw.trails as trails on counts.source = trails.source
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
    where account_id is not null and region is not null
    group by source, account_id, region
),

days as (
    select distinct
        source,
        event_date
    from counted
),

told as (
    select distinct
        told_of.account_id,
        told_of.region,
        days.event_date as told_date
    from told_of
    inner join days on told_of.source = days.source and told_of.first_date <= days.event_date
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
