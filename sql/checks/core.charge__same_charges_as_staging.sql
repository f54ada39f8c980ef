-- Attribution neither drops, repeats nor alters a charge: every column it takes over from staging is the same.
-- severity: fail
with shared as (
    select
        source,
role,
billing_period,
delivery_id,
line_item_id,
usage_start_at,
usage_date,
account_id,
region,
        resource_id,
resource_key,
service_code,
usage_type,
operation,
instance_type,
purchase_option,
        spend_category,
charge_type,
charge_category,
charge_description,
tagged_domain_arn,
malformed_tag,
        billing_currency,
billed_cost,
effective_cost,
amortized_cost,
list_cost,
usage_hours,
is_usage
    from staging.charges
    where billing_period in (select billing_period from checked_period)
),

attributed as (
    select
        source,
role,
billing_period,
delivery_id,
line_item_id,
usage_start_at,
usage_date,
account_id,
region,
        resource_id,
resource_key,
service_code,
usage_type,
operation,
instance_type,
purchase_option,
        spend_category,
charge_type,
charge_category,
charge_description,
tagged_domain_arn,
malformed_tag,
        billing_currency,
billed_cost,
effective_cost,
amortized_cost,
list_cost,
usage_hours,
is_usage
    from core.charge
    where billing_period in (select billing_period from checked_period)
),

staged_sums as (
    select
source,
billing_period,
count(*) as row_count,
sum(hash(shared)::hugeint) as content
    from shared
group by all
),

attributed_sums as (
    select
source,
billing_period,
count(*) as row_count,
sum(hash(attributed)::hugeint) as content
    from attributed
group by all
)

select
    source,
    billing_period,
    staged_sums.row_count,
    attributed_sums.row_count as attributed_row_count
from staged_sums
full join attributed_sums using (source, billing_period)
where
    staged_sums.row_count is distinct from attributed_sums.row_count
    or staged_sums.content is distinct from attributed_sums.content
