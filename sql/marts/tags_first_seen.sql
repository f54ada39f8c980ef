-- Since when each SageMaker tag is seen on charges, by account; one row per account, tag and currency. The day a tag was
-- activated is known to AWS alone; charges of before bear none.
-- grain: account_id, tag_key, billing_currency
-- columns:
--   account_id: Account that used it.
--   tag_key: The tag's key.
--   billing_currency: Currency of the amounts.
--   first_seen: UTC date of the first usage that carries it; null where none does.
--   last_seen: UTC date of the last.
--   first_usage_date: UTC date of the account's first usage in the ledger.
--   effective_cost: Effective cost of all its usage in the ledger.
--   effective_cost_before: Of usage before first_seen; of all of it where the tag was never seen.
--   effective_cost_since: Of usage since.
--   tagged_effective_cost: Of usage that carries the tag.
--   share_before: Part of the cost that lies before first_seen; null where there is no cost.
--   tagged_share_since: Part of the cost since first_seen that carries the tag; null where there is none.
with tagged as (
    select
        account_id,
        'sagemaker:space-arn' as tag_key,
        usage_date,
        billing_currency,
        effective_cost,
        space_tagged_cost as tagged_cost,
        space_tagged_count as tagged_count
    from core.tagged_day
    union all
    select
        account_id,
        'sagemaker:domain-arn' as tag_key,
        usage_date,
        billing_currency,
        effective_cost,
        domain_tagged_cost as tagged_cost,
        domain_tagged_count as tagged_count
    from core.tagged_day
    union all
    select
        account_id,
        'sagemaker:user-profile-arn' as tag_key,
        usage_date,
        billing_currency,
        effective_cost,
        profile_tagged_cost as tagged_cost,
        profile_tagged_count as tagged_count
    from core.tagged_day
    union all
    select
        account_id,
        'ManagedByAmazonSageMakerResource' as tag_key,
        usage_date,
        billing_currency,
        effective_cost,
        managed_tagged_cost as tagged_cost,
        managed_tagged_count as tagged_count
    from core.tagged_day
),

-- Tags are activated for all currencies at once.
seen as (
    select
        account_id,
        tag_key,
        min(case when tagged_count > 0 then usage_date end) as first_seen,
        max(case when tagged_count > 0 then usage_date end) as last_seen
    from tagged
    group by account_id, tag_key
),

summed as (
    select
        tagged.account_id,
        tagged.tag_key,
        tagged.billing_currency,
        min(seen.first_seen) as first_seen,
        min(seen.last_seen) as last_seen,
        min(tagged.usage_date) as first_usage_date,
        sum(tagged.effective_cost) as effective_cost,
        sum(
            case
                when seen.first_seen is null or tagged.usage_date < seen.first_seen then tagged.effective_cost
                else 0
            end
        ) as effective_cost_before,
        sum(case when tagged.usage_date >= seen.first_seen then tagged.effective_cost else 0 end)
            as effective_cost_since,
        sum(tagged.tagged_cost) as tagged_effective_cost
    from tagged
    inner join seen
        on tagged.account_id is not distinct from seen.account_id and tagged.tag_key = seen.tag_key
    group by tagged.account_id, tagged.tag_key, tagged.billing_currency
)

select
    account_id,
    tag_key,
    billing_currency,
    first_seen,
    last_seen,
    first_usage_date,
    effective_cost,
    effective_cost_before,
    effective_cost_since,
    tagged_effective_cost,
    case when effective_cost > 0 then cast(effective_cost_before / effective_cost as double) end as share_before,
    case
        when effective_cost_since > 0 then cast(tagged_effective_cost / effective_cost_since as double)
    end as tagged_share_since
from summed
