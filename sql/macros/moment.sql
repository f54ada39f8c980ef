-- UTC moments from what bills carry. A plain cast to TIMESTAMP is quick but ignores an offset, so it is for moments that
-- end in Z, as AWS writes them; others go through TIMESTAMPTZ.
create or replace macro moment
    (stamp varchar) as case
        when ends_with(stamp, 'Z') then stamp::timestamp
        else timezone('UTC', stamp::timestamptz)
    end,
    (stamp timestamptz) as timezone('UTC', stamp);

-- The UTC dates that a span touches; one that ends at midnight does not touch the day that begins then.
create or replace macro dates_of(started_at, ended_at) as list_transform(
    range(
        date_trunc('day', started_at)::timestamp,
        greatest(ended_at, date_trunc('day', started_at)::timestamp + interval '1' microsecond),
        interval '1' day
    ),
    lambda moment: moment::date
);

-- Seconds of a span that lie on a date.
create or replace macro seconds_on(started_at, ended_at, day) as greatest(
    0,
    epoch_us(least(ended_at, day::timestamp + interval '1' day)) - epoch_us(greatest(started_at, day::timestamp))
) / 1000000;
create or replace macro hours(seconds) as (seconds / 3600)::decimal(38, 12);
