-- What every page says aloud: data that is stale, inputs that were held back, periods that are not final.
-- columns:
--   position: In the order they are shown.
--   what: What is wrong.
--   todo: What to do.
with build as (
    select
        run.as_of,
        run.stale_after_days,
        days_shown.data_through
    from core.run as run
    cross join days_shown
),

held_back as (
    select count(*) as problem_count from marts.ingest_problems
    where severity = 'error'
)

select
    1 as position,
    'The newest usage is of ' || data_through || ', ' || datediff('day', data_through, as_of)
    || ' days before the day these pages are about (' || as_of || '): what was used since is not in these numbers.' as what,
    'See whether the export still delivers, then run `spaceledger run`.' as todo
from build
where datediff('day', data_through, as_of) > stale_after_days
union all
select
    2 as position,
    problem_count || case when problem_count = 1 then ' input was' else ' inputs were' end
    || ' refused or held back: their numbers are missing, or are those of an earlier delivery.' as what,
    'The page Trust lists which, and what to do.' as todo
from held_back
where problem_count > 0
order by position
