-- Periods of AWS's own budgets, and which measure of ours is the counterpart of their metric. Dates are UTC and periods
-- hold their last day; those of a CUSTOM budget are its own dates.
create or replace macro aws_period_unit(time_unit) as case time_unit
    when 'MONTHLY' then 'monthly'
    when 'QUARTERLY' then 'quarterly'
    when 'ANNUALLY' then 'annual'
end;

-- First days of the periods from the one a first day lies in to the one a last day lies in.
create or replace macro aws_periods_of(time_unit, start_date, first_day, last_day) as case
    when time_unit = 'DAILY' then list_transform(
        range(0, datediff('day', first_day, last_day) + 1), lambda days: (first_day + days::integer)::date
    )
    when aws_period_unit(time_unit) is not null then periods_of(aws_period_unit(time_unit), first_day, last_day)
    else [start_date]
end;

create or replace macro aws_period_end(time_unit, end_date, period_start) as case
    when time_unit = 'DAILY' then period_start
    when aws_period_unit(time_unit) is not null
        then (period_start + to_months(period_months(aws_period_unit(time_unit))) - interval '1' day)::date
    else end_date
end;

-- Amortized metrics have a counterpart. Unblended and blended ones have none: filtered by a tag they count usage that a
-- Savings Plan covers at its on-demand price, which no measure of ours does; then it is the measure our budgets count.
create or replace macro counterpart_of(metric, cost_metric) as case metric
    when 'AmortizedCost' then 'amortized_cost'
    when 'NetAmortizedCost' then 'effective_cost'
    else cost_metric
end;

-- A quantity in words: without the zeros of its decimals.
create or replace macro quantity_text(name, amount, unit) as
    name || ' ' || rtrim(rtrim(amount::varchar, '0'), '.') || coalesce(' ' || unit, '');
