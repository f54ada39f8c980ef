-- AWS's own budgets beside ours, never in their place: what AWS says, and what the ledger counts of the same spaces or
-- domains in the same period. AWS sees only lines that carry the tag it filters by, and its unblended metric counts usage
-- that a Savings Plan covers at its on-demand price; ours counts all that is attributed, as our budgets do.
-- grain: account_id, aws_budget_name, period_start
-- columns:
--   account_id: Account the budget stands in; one that is no payer counts its own charges alone, and so does spent.
--   aws_budget_name: Its name there.
--   period_start: First day of the period, UTC; null for a CUSTOM budget without one.
--   period_end: Last day of the period.
--   time_unit: DAILY, MONTHLY, QUARTERLY, ANNUALLY or CUSTOM.
--   budget_type: COST, USAGE, or a type of reservations or Savings Plans.
--   scope: space or domain, spaces or domains where it filters by several; null where its filters say something else.
--   scope_arn: That space or domain, lower case; null where there are several, which filters names.
--   filters: Its filters in words.
--   is_bound: Whether its filters are exactly some spaces or domains, narrowed at most by account, region or service code.
--   not_bound_because: Why not, or else that its charges are billed in another currency; then spent is null.
--   billing_currency: Currency of the amounts; null where they are no money.
--   amount: Its limit: the planned one where there is one for the period.
--   aws_actual: What AWS last said within the period is spent; null where it said nothing.
--   aws_forecast: What AWS last forecast within the period.
--   usage_figures: Limit, actual and forecast in words where they are no money.
--   metric: AWS's cost metric.
--   cost_types: Which charges it counts, as AWS names them; null where its filters alone say so.
--   cost_metric: Our measure in spent: the counterpart of an amortized metric, else the one our budgets count.
--   spent: Ours, of the same scope and period, through the day the build is about: never tax, credits or unused commitment.
--   is_covered: Whether the bills reach back to the period's first day; else spent lacks what came before.
--   is_current: Whether the day the build is about lies in the period.
--   is_listed: Whether AWS listed the budget when it was last asked.
--   auto_adjust: HISTORICAL or FORECAST where AWS sets the limit by itself.
--   health: Status, and the reason where it is not healthy.
--   said_at: Run that first saw AWS's figures, UTC.
with run as (
    select * from core.run
),

first_bill as (
    select min(cast(billing_period || '-01' as date)) as first_day from core.period
    where role = 'ledger'
),

payers as (
    select distinct payer_account_id from raw.delivery_totals
    where payer_account_id is not null
),

known_payers as (
    select count(*) as payer_count from payers
),

budgets as (
    select
        told.*,
        told.not_bound_because is null as is_bound,
        told.budget_type = 'COST' as is_money,
        counterpart_of(told.metric, run.cost_metric) as cost_metric,
        coalesce(first_bill.first_day <= told.period_start, false) as is_covered,
        run.as_of between told.period_start and coalesce(told.period_end, run.as_of) as is_current,
        told.period_start <= run.as_of
        and coalesce(told.period_end, run.as_of) >= first_bill.first_day as is_billed,
        least(coalesce(told.period_end, run.as_of), run.as_of) as last_day,
        payers.payer_account_id is not null or known_payers.payer_count = 0 as is_of_payer
    from core.aws_budget_period as told
    cross join run
    cross join first_bill
    cross join known_payers
    left join payers on told.account_id = payers.payer_account_id
),

-- What the filters of a version named to its end; longer lists than filters shows change without its words.
values_of as (
    select
        budgets.account_id,
        budgets.aws_budget_name,
        budgets.period_start,
        scopes.kind,
        scopes.value
    from budgets
    inner join raw.aws_budget_scopes as scopes
        on
            budgets.account_id = scopes.account_id
            and budgets.aws_budget_name = scopes.aws_budget_name
            and scopes.seen_from < coalesce(budgets.told_until, timestamp '9999-12-31')
            and coalesce(scopes.seen_until, timestamp '9999-12-31')
            >= coalesce(budgets.told_until, timestamp '9999-12-31')
    where budgets.is_bound
),

scopes as (
    select
        account_id,
        aws_budget_name,
        period_start,
        max(case when kind in ('space', 'domain') then kind end) as kind,
        max(case when kind in ('space', 'domain') then value end) as arn,
        count(case when kind in ('space', 'domain') then 1 end) as arn_count,
        count(case when kind = 'account' then 1 end) as narrowed_accounts,
        count(case when kind = 'region' then 1 end) as narrowed_regions,
        count(case when kind = 'service' then 1 end) as narrowed_services
    from values_of
    group by account_id, aws_budget_name, period_start
),

-- Joined first: of a large ledger, few spaces have a budget in AWS.
named_arns as (
    select distinct
        kind,
        value as arn
    from values_of
    where kind in ('space', 'domain')
),

scoped as (
    select
        named_arns.kind,
        named_arns.arn,
        inside_period(days.usage_date, days.billing_period) as usage_date,
        days.account_id,
        days.region,
        days.service_code,
        days.billing_currency,
        days.effective_cost,
        days.amortized_cost,
        days.billed_cost,
        days.list_cost
    from marts.space_spend_daily as days
    inner join named_arns on named_arns.kind = 'space' and days.space_arn = named_arns.arn
    where is_budgeted(days.charge_category, days.spend_category)
    union all
    select
        named_arns.kind,
        named_arns.arn,
        inside_period(days.usage_date, days.billing_period) as usage_date,
        days.account_id,
        days.region,
        days.service_code,
        days.billing_currency,
        days.effective_cost,
        days.amortized_cost,
        days.billed_cost,
        days.list_cost
    from marts.space_spend_daily as days
    inner join named_arns on named_arns.kind = 'domain' and days.domain_arn = named_arns.arn
    where is_budgeted(days.charge_category, days.spend_category)
),

days as (
    select
        kind,
        arn,
        usage_date,
        account_id,
        region,
        service_code,
        billing_currency,
        sum(effective_cost) as effective_cost,
        sum(amortized_cost) as amortized_cost,
        sum(billed_cost) as billed_cost,
        sum(list_cost) as list_cost
    from scoped
    group by kind, arn, usage_date, account_id, region, service_code, billing_currency
),

named as (
    select
        budgets.account_id,
        budgets.aws_budget_name,
        budgets.period_start,
        budgets.last_day,
        budgets.unit,
        budgets.cost_metric,
        budgets.is_of_payer,
        scopes.narrowed_accounts,
        scopes.narrowed_regions,
        scopes.narrowed_services,
        values_of.kind,
        values_of.value as arn
    from budgets
    inner join scopes
        on
            budgets.account_id = scopes.account_id
            and budgets.aws_budget_name = scopes.aws_budget_name
            and budgets.period_start = scopes.period_start
    inner join values_of
        on
            budgets.account_id = values_of.account_id
            and budgets.aws_budget_name = values_of.aws_budget_name
            and budgets.period_start = values_of.period_start
    where values_of.kind in ('space', 'domain')
),

spent as (
    select
        named.account_id,
        named.aws_budget_name,
        named.period_start,
        sum(
            case
                when named.unit = days.billing_currency
                    then measured(
                        named.cost_metric,
                        days.effective_cost,
                        days.amortized_cost,
                        days.billed_cost,
                        days.list_cost
                    )
            end
        ) as spent,
        count(case when named.unit = days.billing_currency then 1 end) > 0 as is_in_unit,
        string_agg(distinct days.billing_currency, ', ' order by days.billing_currency) as currencies
    from named
    inner join days
        on
            named.kind = days.kind
            and named.arn = days.arn
            and days.usage_date between named.period_start and named.last_day
            and (named.is_of_payer or named.account_id = days.account_id)
    left join values_of as accounts
        on
            named.account_id = accounts.account_id
            and named.aws_budget_name = accounts.aws_budget_name
            and named.period_start = accounts.period_start
            and accounts.kind = 'account'
            and days.account_id = accounts.value
    left join values_of as regions
        on
            named.account_id = regions.account_id
            and named.aws_budget_name = regions.aws_budget_name
            and named.period_start = regions.period_start
            and regions.kind = 'region'
            and days.region = regions.value
    left join values_of as services
        on
            named.account_id = services.account_id
            and named.aws_budget_name = services.aws_budget_name
            and named.period_start = services.period_start
            and services.kind = 'service'
            and days.service_code = services.value
    where
        (named.narrowed_accounts = 0 or accounts.value is not null)
        and (named.narrowed_regions = 0 or regions.value is not null)
        and (named.narrowed_services = 0 or services.value is not null)
    group by named.account_id, named.aws_budget_name, named.period_start
),

billed as (
    select
        list(distinct billing_currency) as currency_list,
        string_agg(distinct billing_currency, ', ' order by billing_currency) as currencies
    from marts.space_spend_daily
),

-- Nothing is said to be spent only in a currency of the bills: what is billed in another one is not nothing.
compared as (
    select
        budgets.*,
        spent.spent,
        case
            when not (budgets.is_money and budgets.is_bound and budgets.is_billed) then null
            when budgets.unit is null then 'names no currency'
            when not spent.is_in_unit
                then 'counts ' || budgets.unit || ', and its charges are billed in ' || spent.currencies
            when spent.is_in_unit is null and not list_contains(billed.currency_list, budgets.unit)
                then 'counts ' || budgets.unit || ', and the bills are in ' || billed.currencies
        end as not_compared_because
    from budgets
    cross join billed
    left join spent
        on
            budgets.account_id = spent.account_id
            and budgets.aws_budget_name = spent.aws_budget_name
            and budgets.period_start = spent.period_start
)

select
    compared.account_id,
    compared.aws_budget_name,
    compared.period_start,
    compared.period_end,
    compared.time_unit,
    compared.budget_type,
    case when scopes.arn_count > 1 then scopes.kind || 's' else scopes.kind end as scope,
    case when scopes.arn_count = 1 then scopes.arn end as scope_arn,
    compared.filters,
    compared.is_bound,
    coalesce(compared.not_bound_because, compared.not_compared_because) as not_bound_because,
    case when compared.is_money then compared.unit end as billing_currency,
    case when compared.is_money then compared.amount end as amount,
    case when compared.is_money then compared.aws_actual end as aws_actual,
    case when compared.is_money then compared.aws_forecast end as aws_forecast,
    case
        when not compared.is_money then nullif(
            concat_ws(
                ', ',
                quantity_text('limit', compared.amount, compared.unit),
                quantity_text('actual', compared.aws_actual, compared.unit),
                quantity_text('forecast', compared.aws_forecast, compared.unit)
            ),
            ''
        )
    end as usage_figures,
    compared.metric,
    compared.cost_types,
    case when compared.is_money and compared.is_bound then compared.cost_metric end as cost_metric,
    case
        when compared.is_money and compared.is_bound and compared.is_billed and compared.not_compared_because is null
            then cast(coalesce(compared.spent, 0) as decimal(38, 12))
    end as spent,
    compared.is_covered,
    compared.is_current,
    compared.is_listed,
    compared.auto_adjust,
    compared.health,
    compared.said_at
from compared
left join scopes
    on
        compared.account_id = scopes.account_id
        and compared.aws_budget_name = scopes.aws_budget_name
        and compared.period_start is not distinct from scopes.period_start
