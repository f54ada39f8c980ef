-- Resources of each space in its last six months with spend: the 100 dearest of a month, the rest added up by category.
-- shard: space_arn
-- columns:
--   billing_period: Billing period.
--   space_arn: Space, lower case.
--   account_id: Account that used it; null of a rest.
--   region: AWS region; null of a rest.
--   resource_id: Resource, spelled as delivered; null of a rest, and of charges without one.
--   resource_count: Resources the row stands for: 1, those of a rest, 0 of charges without one.
--   is_rest: Whether the row adds up those beyond the 100.
--   spend_category: What the money went to.
--   instance_type: ML instance type, one example; null of a rest.
--   attribution_method: The rule that attributed it; null of a rest.
--   attribution_evidence: One example of the evidence; null of a rest.
--   evidence_count: How many different pieces of evidence there are; null of a rest.
--   billing_currency: Currency of the amounts.
--   billed_cost: FOCUS BilledCost.
--   effective_cost: FOCUS EffectiveCost.
--   amortized_cost: Amortized cost before negotiated discounts.
--   list_cost: Cost at on-demand list prices.
with spend as (
    select
        *,
        dense_rank() over (partition by space_arn order by billing_period desc) as period_rank,
        row_number() over (
            partition by billing_period, space_arn, billing_currency
            order by
                effective_cost desc,
                resource_id asc,
                spend_category asc,
                attribution_method asc,
                account_id asc,
                region asc
        ) as cost_rank
    from marts.resource_spend_monthly
    where space_arn is not null
),

named as (
    select
        *,
        cost_rank > 100 as is_rest
    from spend
    where period_rank <= 6
),

shown as (
    select
        billing_period,
        space_arn,
        account_id,
        region,
        resource_id,
        case when resource_id is null then 0 else 1 end::bigint as resource_count,
        is_rest,
        spend_category,
        instance_type,
        attribution_method,
        attribution_evidence,
        evidence_count,
        billing_currency,
        billed_cost,
        effective_cost,
        amortized_cost,
        list_cost
    from named
    where not is_rest
    union all
    select
        billing_period,
        space_arn,
        null as account_id,
        null as region,
        null as resource_id,
        count(distinct resource_id) as resource_count,
        is_rest,
        spend_category,
        null as instance_type,
        null as attribution_method,
        null as attribution_evidence,
        null as evidence_count,
        billing_currency,
        sum(billed_cost) as billed_cost,
        sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
        sum(list_cost) as list_cost
    from named
    where is_rest
    group by billing_period, space_arn, is_rest, spend_category, billing_currency
)

select * from shown
order by
    space_arn asc,
    billing_period desc,
    billing_currency asc,
    is_rest asc,
    effective_cost desc,
    resource_id asc,
    spend_category asc,
    attribution_method asc,
    account_id asc,
    region asc
