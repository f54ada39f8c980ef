-- Exact amounts from what bills carry. Every amount becomes DECIMAL(38,12); nothing is a float after this.

-- Parquet carries doubles. A plain cast alters some 10-decimal values, going through text is right but
-- slow; below 1,000 the plain cast was right on a million values.
-- CSV carries text: '3.0E-8' is an amount, '1_000' (which DuckDB reads as 1000) is not.
create or replace macro money
    (amount double) as case
        when abs(amount) < 1000 then amount::decimal(38, 12)
        else amount::varchar::decimal(38, 12)
    end,
    (amount varchar) as case
        when amount = '' then null
        when contains(amount, '_') then error('not a number: ' || left(amount, 60))
        else amount::decimal(38, 12)
    end,
    (amount decimal(38, 12)) as amount;

-- Whether an amount has more decimals than are kept; such amounts are rounded and counted.
create or replace macro has_excess_decimals
    (amount double) as false,
    (amount varchar) as try_cast(amount as decimal(38, 20)) <> try_cast(amount as decimal(38, 12))
        -- too small even for 20 decimals
        or (try_cast(amount as decimal(38, 12)) = 0 and try_cast(amount as double) <> 0),
    (amount decimal(38, 12)) as false;

-- amount * numerator / denominator, half away from zero at 12 decimals, in whole numbers of 1e-12.
-- DECIMAL division would go through DOUBLE. An overflow raises; it is never silent.
create or replace macro proportion(amount, numerator, denominator) as (
    (
        (
            (abs(amount) * 1000000000000)::hugeint * (abs(numerator) * 1000000000000)::hugeint
            + (abs(denominator) * 1000000000000)::hugeint // 2
        ) // (abs(denominator) * 1000000000000)::hugeint
    )::decimal(38, 0) * 0.000000000001::decimal(12, 12)
)::decimal(38, 12) * (sign(amount) * sign(numerator) * sign(denominator))::tinyint;

-- The share of an amount that so many of all its days get, rounded down at 12 decimals; all days give the whole amount.
create or replace macro share_of_days(amount, days, all_days) as (
    (((amount * 1000000000000)::hugeint * days::hugeint) // all_days::hugeint)::decimal(38, 0)
    * 0.000000000001::decimal(12, 12)
)::decimal(38, 12);
