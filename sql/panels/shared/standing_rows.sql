-- How each space stands against its budget, now and at the end of each of the last six months: of several budgets of a
-- space the gravest status, and the amounts of the one that ends first.
-- columns:
--   month: The month that is told of; the present one where the period still runs.
--   is_now: Whether the period still runs.
--   space_arn: Space, lower case.
--   domain_arn: Its domain.
--   account_id: Its account.
--   team: Team, from the owners file.
--   sharing_type: Shared or Private; an unknown one counts as shared.
--   billing_currency: Currency of the amounts.
--   status: Where the budget that stands worst stands, or how it ended.
--   amount: What may be spent in the period that ends first.
--   remaining: That amount less what is spent.
with run as (
    select * from core.run
),

budgets as (
    select
        budgets.*,
        budgets.is_current as is_now,
        case
            when budgets.is_current then strftime(run.as_of, '%Y-%m')
            else strftime(budgets.period_end, '%Y-%m')
        end as month
    from marts.budget_status as budgets
    cross join run
    where
        budgets.scope = 'space'
        and (
            budgets.is_current
            or (
                budgets.period_end < run.as_of
                and budgets.period_end >= date_trunc('month', run.as_of) - interval '6' month
            )
        )
),

ranked as (
    select
        *,
        row_number() over (
            partition by scope_arn, billing_currency, month, is_now
            order by period_end, budget_name
        ) as place,
        first_value(status) over (
            partition by scope_arn, billing_currency, month, is_now
            order by budget_severity(status), period_end, budget_name
        ) as gravest_status
    from budgets
    where status <> 'unknown_scope'
)

select
    ranked.month,
    ranked.is_now,
    ranked.scope_arn as space_arn,
    spaces.domain_arn,
    spaces.account_id,
    spaces.team,
    coalesce(spaces.sharing_type, 'Shared') as sharing_type,
    ranked.billing_currency,
    ranked.gravest_status as status,
    ranked.amount,
    ranked.remaining
from ranked
inner join marts.spaces as spaces on ranked.scope_arn = spaces.space_arn
where ranked.place = 1
