-- What a CUR line costs. Called both by the load, on every delivered row, and by staging, on kept rows.

-- Lines of split cost allocation repeat the cost of a node that has its own line
-- (AWS CID summary_view.sql excludes the same two operations).
create or replace macro is_split_cost(operation) as
    coalesce(operation in ('EKSPod-EC2', 'ECSTask-EC2'), false);

create or replace macro is_savings_plan_offset(line_item_type) as
    coalesce(line_item_type in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation'), false);

-- FOCUS BilledCost: net unblended where the line has it, else unblended. Covered usage and its
-- negation cancel in the bill, but only the first names a space: both count 0 here.
create or replace macro billed_cost(line_item_type, operation, unblended_cost, net_unblended_cost) as
    case
        when is_split_cost(operation) then 0::decimal(38, 12)
        when is_savings_plan_offset(line_item_type) then 0::decimal(38, 12)
        else coalesce(net_unblended_cost, unblended_cost, 0::decimal(38, 12))
    end;

-- Amortized cost, before negotiated discounts.
-- Source: AWS CID data/queries/cid/summary_view.sql and the CUR Query Library's
-- amortized_cost_by_charge_type.sql. A line whose own amortized value is absent counts as unblended.
create or replace macro amortized_cost(
    line_item_type, operation, product_code, description, has_savings_plan_costs, unblended_cost,
    reservation_arn, reservation_effective_cost, reservation_unused_upfront,
    reservation_unused_recurring, savings_plan_effective_cost, savings_plan_total_commitment,
    savings_plan_used_commitment
) as case
    when is_split_cost(operation) then 0::decimal(38, 12)
    when starts_with(line_item_type, 'SavingsPlan') and not has_savings_plan_costs
        then coalesce(unblended_cost, 0::decimal(38, 12))
    when line_item_type = 'SavingsPlanCoveredUsage'
        then coalesce(savings_plan_effective_cost, 0::decimal(38, 12))
    when line_item_type = 'SavingsPlanRecurringFee' then
        coalesce(savings_plan_total_commitment, 0::decimal(38, 12))
        - coalesce(savings_plan_used_commitment, 0::decimal(38, 12))
    when line_item_type in ('SavingsPlanNegation', 'SavingsPlanUpfrontFee') then 0::decimal(38, 12)
    when line_item_type = 'DiscountedUsage'
        then coalesce(reservation_effective_cost, unblended_cost, 0::decimal(38, 12))
    when line_item_type = 'RIFee' and (reservation_unused_upfront is not null or reservation_unused_recurring is not null)
        then
            coalesce(reservation_unused_upfront, 0::decimal(38, 12))
            + coalesce(reservation_unused_recurring, 0::decimal(38, 12))
    when line_item_type = 'Fee' and reservation_arn is not null then 0::decimal(38, 12)
    when is_savings_plan_fee_refund(line_item_type, product_code, description) then 0::decimal(38, 12)
    else coalesce(unblended_cost, 0::decimal(38, 12))
end;

create or replace macro is_savings_plan_fee_refund(line_item_type, product_code, description) as coalesce(
    line_item_type = 'Refund'
    and ends_with(product_code, 'SavingsPlans')
    and starts_with(description, 'Refund for one-time fee for Savings Plan'),
    false
);

-- FOCUS EffectiveCost: net amortized where the line has net values, else amortized. There is no
-- AWS-published SQL; the rules are those of opencost's Athena integration (aws-facts 6.3). Discount
-- lines are inside the net columns, so they count 0 where the line has a net value.
create or replace macro effective_cost(
    line_item_type, operation, product_code, description, has_savings_plan_costs, unblended_cost,
    net_unblended_cost, reservation_arn, reservation_effective_cost, reservation_net_effective_cost,
    reservation_unused_upfront, reservation_net_unused_upfront, reservation_unused_recurring,
    reservation_net_unused_recurring, savings_plan_effective_cost, savings_plan_net_effective_cost,
    savings_plan_total_commitment, savings_plan_used_commitment, savings_plan_amortized_upfront,
    savings_plan_net_amortized_upfront, savings_plan_recurring
) as case
    when is_split_cost(operation) then 0::decimal(38, 12)
    -- Most lines, said first because it is quick; the rules below give the same for them.
    when line_item_type in ('Usage', 'Tax', 'Credit')
        then coalesce(net_unblended_cost, unblended_cost, 0::decimal(38, 12))
    when line_item_type in ('EdpDiscount', 'PrivateRateDiscount', 'BundledDiscount', 'Discount')
        and net_unblended_cost is not null
        then 0::decimal(38, 12)
    when
        line_item_type = 'SavingsPlanRecurringFee' and has_savings_plan_costs
        and net_unblended_cost is not null
        then net_unused_commitment(
            savings_plan_amortized_upfront,
            case
                when savings_plan_amortized_upfront is null
                    then coalesce(savings_plan_recurring, savings_plan_total_commitment)
                else savings_plan_recurring
            end,
            savings_plan_used_commitment,
            unblended_cost, net_unblended_cost, savings_plan_net_amortized_upfront
        )
    else amortized_cost(
        line_item_type, operation, product_code, description, has_savings_plan_costs,
        coalesce(net_unblended_cost, unblended_cost), reservation_arn,
        coalesce(reservation_net_effective_cost, reservation_effective_cost),
        coalesce(reservation_net_unused_upfront, reservation_unused_upfront),
        coalesce(reservation_net_unused_recurring, reservation_unused_recurring),
        coalesce(savings_plan_net_effective_cost, savings_plan_effective_cost),
        savings_plan_total_commitment, savings_plan_used_commitment
    )
end;

-- The bill has no "net unused commitment" column: the unused part is scaled by the line's own
-- net to gross ratio, or by that of its upfront part where the line itself costs nothing.
create or replace macro net_unused_commitment(
    amortized_upfront, recurring, used_commitment, unblended_cost, net_unblended_cost,
    net_amortized_upfront
) as case
    when coalesce(unblended_cost, 0::decimal(38, 12)) <> 0 then proportion(
        coalesce(amortized_upfront, 0::decimal(38, 12)) + coalesce(recurring, 0::decimal(38, 12))
        - coalesce(used_commitment, 0::decimal(38, 12)),
        net_unblended_cost, unblended_cost
    )
    when coalesce(amortized_upfront, 0::decimal(38, 12)) <> 0 and net_amortized_upfront is not null
        then proportion(
            amortized_upfront + coalesce(recurring, 0::decimal(38, 12))
            - coalesce(used_commitment, 0::decimal(38, 12)),
            net_amortized_upfront, amortized_upfront
        )
    else
        coalesce(amortized_upfront, 0::decimal(38, 12)) + coalesce(recurring, 0::decimal(38, 12))
        - coalesce(used_commitment, 0::decimal(38, 12))
end;

-- The charge categories of FOCUS 1.2 for CUR line item types.
create or replace macro charge_category(line_item_type) as case
    when line_item_type in ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation')
        or ends_with(line_item_type, 'Discount')
        then 'Usage'
    when line_item_type in ('Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee')
        then 'Purchase'
    when line_item_type = 'Tax' then 'Tax'
    when line_item_type = 'Credit' then 'Credit'
    else 'Adjustment'
end;

create or replace macro is_usage_type(line_item_type) as
    coalesce(line_item_type in ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage'), false);

-- Scope is decided from the line alone; do not filter on product first: tags reach other services.
create or replace macro is_in_scope(
    service_code, operation, resource_id, space_arn_tag, domain_arn_tag, user_profile_arn_tag, managed_by_tag
) as (
    coalesce(service_code in ('AmazonSageMaker', 'MachineLearningSavingsPlans'), false)
    or space_arn_tag is not null
    or domain_arn_tag is not null
    or user_profile_arn_tag is not null
    or managed_by_tag is not null
    -- a case, because DuckDB would try the regular expression on every line otherwise
    or case when starts_with(resource_id, 'arn:aws') then is_sagemaker_arn(resource_id) else false end
) and not is_split_cost(operation);

-- The cost in one of the four measures; what has no list price costs nothing at list prices.
create or replace macro measured(cost_metric, effective_cost, amortized_cost, billed_cost, list_cost) as coalesce(
    case cost_metric
        when 'effective_cost' then effective_cost
        when 'amortized_cost' then amortized_cost
        when 'billed_cost' then billed_cost
        when 'list_cost' then list_cost
    end, 0
);

-- Whether budgets count a charge: never tax, credits or unused commitment.
create or replace macro is_budgeted(charge_category, spend_category) as
    charge_category not in ('Tax', 'Credit') and spend_category <> 'unused Savings Plan commitment';

-- Whether a charge is priced usage, which attribution may cover: never tax, credits, refunds or fees, nor lines that take
-- usage off again or that nobody used.
create or replace macro is_priced_usage(charge_category, spend_category) as
    charge_category = 'Usage'
    and spend_category not in ('discount', 'savings plan negation', 'unused Savings Plan commitment');
