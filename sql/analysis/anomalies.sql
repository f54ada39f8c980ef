-- Days that a space's own history does not explain, and what moved them; the newest first.
select
    usage_date,
    space_name,
    actual,
    expected,
    expected_high,
    excess,
    billing_currency,
    spend_category,
    resource_id,
    mover_cost,
    mover_usual_cost,
    space_arn
from marts.spend_anomalies
order by usage_date desc, excess desc, space_arn asc
