-- Every charge in scope, with whom it belongs to, by which rule and on what evidence; one row per delivered line.
-- partition: billing_period
-- columns:
--   source: Name of the billing source.
--   role: ledger, or compare: reconciled but never added.
--   billing_period: Billing period of the delivery.
--   delivery_id: Delivery the charge came with.
--   line_item_id: Identifies a line inside one delivery only.
--   usage_date: The UTC date the usage began.
--   usage_start_at: When the usage began, UTC.
--   usage_end_at: When it ended, UTC.
--   account_id: Account that used it.
--   region: AWS region.
--   domain_arn: Domain of the winning ARN, lower case.
--   space_arn: Space it is attributed to, lower case.
--   user_profile_arn: User profile it is attributed to, lower case.
--   attribution_method: The first rule that fits: space_tag, space_resource, space_history, space_event, user_profile, domain or unattributed.
--   attribution_evidence: The one piece of evidence.
--   tagged_domain_arn: Domain its own tags name; reported by a check where it disagrees, never used then.
--   resource_space_arn: Space its resource names; reported by a check where it disagrees with the tag.
--   malformed_tag: A space tag that is no space ARN.
--   resource_id: Resource, spelled as delivered.
--   resource_key: Resource as a key.
--   service_code: AWS product code.
--   usage_type: AWS usage type.
--   operation: AWS operation.
--   instance_type: ML instance type.
--   purchase_option: On-Demand, Spot, Savings Plan or Reserved.
--   spend_category: What the money went to, from a closed list.
--   charge_type: Line item type; for FOCUS, category and class.
--   charge_category: FOCUS charge category.
--   charge_description: Description as delivered.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: On-demand list price of what was used.
--   usage_hours: Hours used, where the unit is hours.
--   is_usage: Whether the charge is usage that was priced.
with charges as (
    select * from staging.charges
),

evidence as (
    select * from core.resource_evidence
),

matched as (
    select
        charges.*,
        space_resource.space_arn as resource_space_arn,
        space_resource.evidence as resource_evidence,
        space_history.space_arn as history_space_arn,
        space_history.evidence as history_evidence,
        space_event.space_arn as event_space_arn,
        space_event.evidence as event_evidence,
        user_profile.user_profile_arn as resource_user_profile_arn,
        user_profile.evidence as user_profile_evidence,
        domain.domain_arn as resource_domain_arn,
        domain.evidence as resource_domain_evidence
    from charges
    left join evidence as space_resource
        on space_resource.method = 'space_resource' and charges.resource_key = space_resource.resource_key
    left join evidence as space_history
        on
            space_history.method = 'space_history'
            and charges.resource_key = space_history.resource_key
            and space_history.valid_from = cast(cast(charges.billing_period || '-01' as date) as timestamp)
    left join evidence as space_event
        on
            space_event.method = 'space_event'
            and charges.resource_key = space_event.resource_key
            and charges.usage_start_at >= space_event.valid_from
            and charges.usage_end_at <= space_event.valid_to
            and charges.usage_end_at > space_event.began_at
            and charges.usage_start_at < space_event.ended_at
    left join evidence as user_profile
        on user_profile.method = 'user_profile' and charges.resource_key = user_profile.resource_key
    left join evidence as domain
        on domain.method = 'domain' and charges.resource_key = domain.resource_key
),

attributed as (
    select
        *,
        case
            when tagged_space_arn is not null then 'space_tag'
            when resource_space_arn is not null then 'space_resource'
            when history_space_arn is not null then 'space_history'
            when event_space_arn is not null then 'space_event'
            when coalesce(tagged_user_profile_arn, resource_user_profile_arn) is not null then 'user_profile'
            when coalesce(tagged_domain_arn, resource_domain_arn) is not null then 'domain'
            else 'unattributed'
        end as attribution_method,
        coalesce(tagged_space_arn, resource_space_arn, history_space_arn, event_space_arn) as space_arn
    from matched
),

explained as (
    select
        *,
        case
            when attribution_method = 'user_profile'
                then coalesce(tagged_user_profile_arn, resource_user_profile_arn)
        end as user_profile_arn,
        case attribution_method
            when 'space_tag' then 'tag sagemaker:space-arn'
            when 'space_resource' then resource_evidence
            when 'space_history' then history_evidence
            when 'space_event' then event_evidence
            when 'user_profile' then case
                when tagged_user_profile_arn is not null then 'tag sagemaker:user-profile-arn'
                else user_profile_evidence
            end
            when 'domain' then coalesce(domain_evidence, resource_domain_evidence)
        end as attribution_evidence
    from attributed
)

select
    source,
    role,
    billing_period,
    delivery_id,
    line_item_id,
    usage_date,
    usage_start_at,
    usage_end_at,
    account_id,
    region,
    case
        when space_arn is not null then domain_arn_of(space_arn)
        when user_profile_arn is not null then domain_arn_of(user_profile_arn)
        else coalesce(tagged_domain_arn, resource_domain_arn)
    end as domain_arn,
    space_arn,
    user_profile_arn,
    attribution_method,
    attribution_evidence,
    tagged_domain_arn,
    resource_space_arn,
    malformed_tag,
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
    billing_currency,
    billed_cost,
    effective_cost,
    amortized_cost,
    list_cost,
    usage_hours,
    is_usage
from explained
