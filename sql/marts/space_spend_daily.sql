-- Spend in the ledger by day, and by all that it is attributed to; one row per combination of the grain.
-- grain: usage_date, billing_period, source, account_id, region, domain_arn, space_arn, user_profile_arn, service_code, spend_category, instance_type, purchase_option, charge_category, attribution_method, billing_currency, charge_type
-- partition: billing_period
-- columns:
--   usage_date: UTC date the usage began.
--   billing_period: Billing period, '2026-09'.
--   source: Name of the billing source.
--   account_id: Account that used it.
--   region: AWS region.
--   domain_arn: Domain, lower case; null where nothing names one.
--   domain_id: Id of that domain.
--   space_arn: Space, lower case; null for cost outside spaces.
--   space_name: Name of that space, the best spelling known.
--   user_profile_arn: User profile, lower case, of cost that belongs to one; of a private space its owner at the time.
--   service_code: AWS product code.
--   spend_category: What the money went to, from a closed list.
--   instance_type: ML instance type.
--   purchase_option: On-Demand, Spot, Savings Plan or Reserved; null where nothing was used.
--   charge_category: FOCUS charge category.
--   charge_type: Line item type; for FOCUS, category and class.
--   attribution_method: The rule that attributed it.
--   billing_currency: Currency of the amounts; currencies are never added.
--   billed_cost: What is invoiced (FOCUS BilledCost).
--   effective_cost: What was used, prepaid fees spread over their use, discounts taken (FOCUS EffectiveCost).
--   amortized_cost: The same before negotiated discounts.
--   list_cost: What it would cost at on-demand list prices.
--   usage_hours: Hours used, where the unit is hours.
--   charge_count: Delivered lines.
with private_spaces as (
    select * from core.space_owner
    where sharing_type = 'Private'
),

charges as (
    select
        charge.* exclude (user_profile_arn),
        coalesce(charge.user_profile_arn, private_spaces.owner_user_profile_arn) as user_profile_arn
    from core.charge as charge
    left join private_spaces
        on
            charge.space_arn = private_spaces.space_arn
            and charge.usage_start_at >= private_spaces.valid_from
            and charge.usage_start_at < private_spaces.valid_to
    where charge.role = 'ledger'
),

spaces as (
    select * from core.known_space
)

select
    charges.usage_date,
    charges.billing_period,
    charges.source,
    charges.account_id,
    charges.region,
    charges.domain_arn,
    split_part(charges.domain_arn, '/', 2) as domain_id,
    charges.space_arn,
    max(spaces.space_name) as space_name,
    charges.user_profile_arn,
    charges.service_code,
    charges.spend_category,
    charges.instance_type,
    charges.purchase_option,
    charges.charge_category,
    charges.charge_type,
    charges.attribution_method,
    charges.billing_currency,
    sum(charges.billed_cost) as billed_cost,
    sum(charges.effective_cost) as effective_cost,
    sum(charges.amortized_cost) as amortized_cost,
    sum(charges.list_cost) as list_cost,
    sum(charges.usage_hours) as usage_hours,
    count(*) as charge_count
from charges
left join spaces on charges.space_arn = spaces.space_arn
group by
    charges.usage_date,
    charges.billing_period,
    charges.source,
    charges.account_id,
    charges.region,
    charges.domain_arn,
    charges.space_arn,
    charges.user_profile_arn,
    charges.service_code,
    charges.spend_category,
    charges.instance_type,
    charges.purchase_option,
    charges.charge_category,
    charges.charge_type,
    charges.attribution_method,
    charges.billing_currency
