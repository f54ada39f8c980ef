-- An estimate in doubles as money: six decimals are more than it knows, and no bill comes near the greatest. Null stays
-- null, which least and greatest would pass over.
create or replace macro estimated(amount) as case
    when amount is not null then round(least(greatest(amount, -1e18), 1e18), 6)::decimal(38, 12)
end;
