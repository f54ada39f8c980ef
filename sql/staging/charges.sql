-- Kept charges of every format, with what their tags and resource say in lower case; one row per charge.
-- columns:
--   source: Name of the billing source.
--   role: ledger, or compare: reconciled but never added.
--   billing_period: Billing period of the delivery.
--   delivery_id: Delivery the charge came with.
--   line_item_id: Identifies a line inside one delivery only.
--   invoice_id: Invoice, once there is one.
--   account_id: Account that used it.
--   region: AWS region.
--   service_code: AWS product code.
--   usage_type: AWS usage type.
--   operation: AWS operation.
--   instance_type: ML instance type.
--   purchase_option: On-Demand, Spot, Savings Plan or Reserved; null where nothing was used.
--   spend_category: What the money went to, from a closed list.
--   charge_type: Line item type; for FOCUS, category and class.
--   charge_category: FOCUS charge category.
--   charge_description: Description as delivered.
--   resource_id: Resource, spelled as delivered.
--   resource_key: Resource as a key: lower case, with account and region where it is no ARN.
--   tagged_space_arn: Space of a well-formed space tag, lower case.
--   tagged_space_name: The space's name as that tag spells it.
--   tagged_user_profile_arn: User profile of a well-formed tag, lower case.
--   tagged_domain_arn: Domain of a well-formed domain or managed-by tag, lower case.
--   domain_evidence: Which of the two tags named that domain.
--   malformed_tag: A space tag that is no space ARN; counted, never used.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: On-demand list price of what was used.
--   usage_hours: Hours used, where the unit is hours.
--   is_usage: Whether the charge is usage that was priced.
--   usage_start_at: When the usage began, UTC.
--   usage_end_at: When it ended, UTC; where the export does not say, the end of the hour or day it began with.
--   usage_date: The UTC date the usage began.
with charges as (
    select * from staging.cur__charges
    union all
    select * from staging.focus__charges
),

deliveries as (
    select
        source,
        billing_period,
        delivery_id,
        role
    from raw.deliveries
    where is_current
)

select
    charges.source,
    deliveries.role,
    charges.billing_period,
    charges.delivery_id,
    charges.line_item_id,
    charges.invoice_id,
    charges.account_id,
    charges.region,
    charges.service_code,
    charges.usage_type,
    charges.operation,
    charges.instance_type,
    charges.purchase_option,
    spend_category(
        charges.service_code, charges.usage_type, charges.charge_type, charges.charge_category,
        charges.managed_by_tag is not null and charges.service_code = 'AmazonEFS'
    ) as spend_category,
    charges.charge_type,
    charges.charge_category,
    charges.charge_description,
    charges.resource_id,
    case
        when starts_with(charges.resource_id, 'arn:') then lower(charges.resource_id)
        when charges.resource_id is not null
            then lower(
                coalesce(charges.account_id, '') || '|' || coalesce(charges.region, '') || '|' || charges.resource_id
            )
    end as resource_key,
    space_arn_of(charges.space_arn_tag) as tagged_space_arn,
    case when space_arn_of(charges.space_arn_tag) is not null then arn_name(charges.space_arn_tag) end
        as tagged_space_name,
    user_profile_arn_of(charges.user_profile_arn_tag) as tagged_user_profile_arn,
    coalesce(domain_arn_of(charges.domain_arn_tag), domain_arn_of(charges.managed_by_tag)) as tagged_domain_arn,
    case
        when domain_arn_of(charges.domain_arn_tag) is not null then 'tag sagemaker:domain-arn'
        when domain_arn_of(charges.managed_by_tag) is not null then 'tag ManagedByAmazonSageMakerResource'
    end as domain_evidence,
    case
        when charges.space_arn_tag is not null and space_arn_of(charges.space_arn_tag) is null
            then charges.space_arn_tag
    end as malformed_tag,
    charges.billing_currency,
    charges.billed_cost,
    charges.effective_cost,
    charges.amortized_cost,
    charges.list_cost,
    charges.usage_hours,
    charges.is_usage,
    charges.usage_start_at,
    coalesce(
        charges.usage_end_at,
        charges.usage_start_at + case
            when charges.usage_start_at = date_trunc('day', charges.usage_start_at) then interval '1' day
            else interval '1' hour
        end
    ) as usage_end_at,
    charges.usage_start_at::date as usage_date
from charges
inner join deliveries
    on
        charges.source = deliveries.source
        and charges.billing_period = deliveries.billing_period
        and charges.delivery_id = deliveries.delivery_id
