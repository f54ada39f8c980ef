-- An estimate in doubles as money: six decimals are more than it knows, and never nothing where it is something.
create or replace macro estimated(amount) as round(amount, 6)::decimal(38, 12);
