-- How far each bill reaches, how many of its newest days are left out of forecasts, and whether deliveries taught that.
select
    freshness.source,
    freshness.newest_usage_date,
    freshness.complete_through,
    freshness.held_out_days,
    freshness.is_learned,
    lag.day_count as learnt_from_days
from core.source_freshness as freshness
left join core.usage_lag as lag on freshness.source = lag.source
order by freshness.source
