-- What every page says aloud: sources that are stale or lack months, inputs that were held back.
-- columns:
--   position: In the order they are shown.
--   source: The source it is about; null where it is about several.
--   what: What is wrong.
--   todo: What to do.
with sources as (
    select
        source_reach.* exclude (todo),
        -- What is wrong stands before it already.
        replace(todo, 'nothing was read of it: ', '') as todo,
        case kind when 'bill' then 'bill' else 'trail' end || ' ' || source as name
    from source_reach
    where coalesce(role, 'ledger') <> 'compare'
),

held_back as (
    select count(*) as problem_count from marts.ingest_problems
    where severity = 'error'
)

select
    1 as position,
    source,
    case
        when newest_date is null then 'Nothing was read of the ' || name || '.'
        else
            'The newest day of the ' || name || ' is ' || newest_date || ', ' || days_behind
            || ' days before the day these pages are about: what came since is not in these numbers.'
    end as what,
    upper(left(todo, 1)) || substr(todo, 2) || '.' as todo
from sources
where is_stale
union all
select
    2 as position,
    source,
    'The ' || name || ' lacks '
    || case
        when missing_count = 1 then 'a ' || rtrim(missing_unit, 's') || ', from '
        else missing_count || ' ' || missing_unit || ', the newest of them from '
    end
    || missing_from || ' to ' || missing_to || '.' as what,
    'The page Trust says what to do.' as todo
from sources
where missing_count > 0
union all
select
    3 as position,
    null as source,
    problem_count || case when problem_count = 1 then ' input was' else ' inputs were' end
    || ' refused or held back: their numbers are missing, or are those of an earlier delivery.' as what,
    'The page Trust lists which, and what to do.' as todo
from held_back
where problem_count > 0
union all
select
    4 as position,
    null as source,
    'The newest bills are by month: they say nothing of days.' as what,
    'Each month stands on its first day, and is compared whole. Make the export daily or hourly.' as todo
from days_shown
where is_monthly
order by position, source, what
