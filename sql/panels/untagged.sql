-- Resources worth tagging: usage that no space tag explains in the two newest months, the 200 dearest of each month, with
-- the command that tags them.
-- columns:
--   billing_period: Billing period.
--   resource_id: Resource, spelled as delivered.
--   account_id: Account that used it.
--   region: AWS region.
--   spend_category: What the money went to.
--   attribution_method: The rule that attributed it.
--   attribution_evidence: One example of the evidence.
--   space_arn: Space an event or history knows, lower case.
--   domain_arn: Domain, lower case; null where nothing names one.
--   user_profile_arn: User profile it belongs to, lower case, one example.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: Cost at on-demand list prices.
--   place: Its place in that month and currency, 1 the dearest.
--   resource_count: How many such rows the month and currency have in all.
--   command: The AWS CLI command that tags it with space and domain; null where the space is not known.
--   command_note: What it does, or what to find out first.
with months as (
    select distinct billing_period from marts.attribution_coverage
    order by billing_period desc
    limit 2
),

charges as (
    select charge.*
    from core.charge as charge
    inner join months on charge.billing_period = months.billing_period
    where
        charge.role = 'ledger'
        and charge.is_usage
        and charge.resource_id is not null
        -- Shared by its whole domain: no space could be named.
        and charge.spend_category <> 'home file system'
        and charge.attribution_method in ('unattributed', 'user_profile', 'domain', 'space_event', 'space_history')
),

resources as (
    select
        billing_period,
        resource_id,
        account_id,
        region,
        spend_category,
        attribution_method,
        min(attribution_evidence) as attribution_evidence,
        space_arn,
        domain_arn,
        min(user_profile_arn) as user_profile_arn,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
        sum(list_cost) as list_cost
    from charges
    group by
        billing_period,
        resource_id,
        account_id,
        region,
        spend_category,
        attribution_method,
        space_arn,
        domain_arn,
        billing_currency
),

ranked as (
    select
        *,
        row_number() over (
            partition by billing_period, billing_currency
            order by
                effective_cost desc,
                resource_id asc,
                account_id asc,
                region asc,
                spend_category asc,
                attribution_method asc,
                space_arn asc,
                domain_arn asc
        ) as place,
        count(*) over (partition by billing_period, billing_currency) as resource_count
    from resources
)

select
    *,
    tag_command(resource_id, space_arn) as command,
    tag_note(resource_id, space_arn, attribution_method) as command_note
from ranked
where place <= 200
order by billing_period, billing_currency, place
