-- Spend by month for the first view: the dearest spaces one by one, the rest as one row.
-- columns:
--   billing_period: Billing period.
--   space_arn: Space, lower case, or the rest; null for cost outside spaces.
--   domain_arn: Domain; null for the rest, which lies in many.
--   account_id: Account that used it; null where spaces are folded.
--   spend_category: What the money went to.
--   billing_currency: Currency of the amounts.
--   billed_cost: What is invoiced; null unless pages open with it, where spaces are folded; so the others.
--   effective_cost: What was used.
--   amortized_cost: The same before negotiated discounts.
--   list_cost: At on-demand list prices.
with costs as (
    select
        spend.space_arn,
        sum(
            measured(
                run.cost_metric, spend.effective_cost, spend.amortized_cost, spend.billed_cost, spend.list_cost
            )
        ) as cost
    from page_spend as spend
    cross join days_shown
    cross join core.run as run
    where
        spend.space_arn is not null
        and spend.billing_period >= strftime(days_shown.shown_to - interval '12' month, '%Y-%m')
    group by spend.space_arn
),

-- The dearest of a year need not be those of its last days.
ranks as (
    select
        spaces.space_arn,
        case when spaces.sharing_type = 'Private' then 'Other private spaces' else 'Other shared spaces' end as fold,
        row_number() over (order by coalesce(costs.cost, 0) desc, spaces.space_arn asc) as cost_rank
    from marts.spaces as spaces
    left join costs on spaces.space_arn = costs.space_arn
),

spend as (
    select
        page_spend.*,
        case when days_shown.is_folded and ranks.cost_rank > 40 then ranks.fold end as folds,
        run.cost_metric,
        days_shown.is_folded
    from page_spend
    cross join days_shown
    cross join core.run as run
    left join ranks on page_spend.space_arn = ranks.space_arn
)

select
    billing_period,
    coalesce(folds, space_arn) as space_arn,
    case when folds is null then domain_arn end as domain_arn,
    case when folds is null and not is_folded then account_id end as account_id,
    spend_category,
    billing_currency,
    sum(case when not is_folded or cost_metric = 'billed_cost' then billed_cost end) as billed_cost,
    sum(case when not is_folded or cost_metric = 'effective_cost' then effective_cost end) as effective_cost,
    sum(case when not is_folded or cost_metric = 'amortized_cost' then amortized_cost end) as amortized_cost,
    sum(case when not is_folded or cost_metric = 'list_cost' then list_cost end) as list_cost
from spend
group by
    billing_period,
    coalesce(folds, space_arn),
    case when folds is null then domain_arn end,
    case when folds is null and not is_folded then account_id end,
    spend_category,
    billing_currency
order by billing_period, space_arn, domain_arn, account_id, spend_category, billing_currency
