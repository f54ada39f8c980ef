-- UTC moments from what bills carry. A plain cast to TIMESTAMP is quick but ignores an offset, so it is for moments that
-- end in Z, as AWS writes them; others go through TIMESTAMPTZ.
create or replace macro moment
    (stamp varchar) as case
        when ends_with(stamp, 'Z') then stamp::timestamp
        else timezone('UTC', stamp::timestamptz)
    end,
    (stamp timestamptz) as timezone('UTC', stamp);
