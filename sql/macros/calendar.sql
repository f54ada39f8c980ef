-- Budget periods and days in them. Dates are UTC and periods hold their last day.
create or replace macro period_months(period) as case period
    when 'monthly' then 1
    when 'quarterly' then 3
    when 'annual' then 12
end;

-- The first day of the month, quarter or year a day lies in.
create or replace macro period_of(period, day) as case period
    when 'monthly' then date_trunc('month', day)
    when 'quarterly' then date_trunc('quarter', day)
    when 'annual' then date_trunc('year', day)
end::date;

-- First days of the periods from the one a first day lies in to the one a last day lies in.
create or replace macro periods_of(period, first_day, last_day) as list_transform(
    range(0, datediff('month', period_of(period, first_day), period_of(period, last_day)) + 1, period_months(period)),
    lambda months: (period_of(period, first_day) + to_months(months::integer))::date
);

-- Days from Monday to Friday that lie before a date, counted from Monday 1900-01-01.
create or replace macro weekdays_before(day) as (
    datediff('day', date '1900-01-01', day) // 7 * 5 + least(datediff('day', date '1900-01-01', day) % 7, 5)
);

-- Days of a plan from a first to a last day: every day, or Monday to Friday.
create or replace macro plan_days(plan, first_day, last_day) as case
    when last_day < first_day then 0
    when plan = 'weekdays' then weekdays_before((last_day + 1)::date) - weekdays_before(first_day)
    else datediff('day', first_day, last_day) + 1
end;

-- A date inside its billing period: some lines bear dates before or after it.
create or replace macro inside_period(day, billing_period) as least(
    greatest(day, (billing_period || '-01')::date), last_day((billing_period || '-01')::date)
);

-- The status of a budget in the order of what to look at first.
create or replace macro budget_severity(status) as case status
    when 'breached' then 0
    when 'breach_forecast' then 1
    when 'watch' then 2
    when 'ok' then 3
    when 'no_data' then 4
    else 5
end;
