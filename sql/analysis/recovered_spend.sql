-- What CloudTrail recovered: spend that no tag, resource or history explains and an event does, by kind of resource, with the part of usage that spaces explain before and after.
-- parameter billing_period: month, 2026-09; all months unless given
select
    billing_period,
    coalesce(spend_category, 'all kinds') as kind_of_resource,
    billing_currency,
    sum(effective_cost) as usage_cost,
    sum(case when attribution_method = 'space_event' then effective_cost else 0 end) as recovered_cost,
    case
        when sum(effective_cost) > 0
            then round(
                sum(
                    case
                        when space_arn is not null and attribution_method <> 'space_event' then effective_cost
                        else 0
                    end
                ) / sum(effective_cost),
                6
            )
    end as coverage_before,
    case
        when sum(effective_cost) > 0
            then round(sum(case when space_arn is not null then effective_cost else 0 end) / sum(effective_cost), 6)
    end as coverage_after
from marts.space_spend_daily
where purchase_option is not null and billing_period = coalesce($billing_period, billing_period)
group by grouping sets ((billing_period, billing_currency, spend_category), (billing_period, billing_currency))
having sum(case when attribution_method = 'space_event' then effective_cost else 0 end) <> 0
order by billing_period asc, grouping(spend_category) desc, recovered_cost desc, kind_of_resource asc
