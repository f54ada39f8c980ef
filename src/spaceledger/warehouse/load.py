"""Loads one delivery into `raw`, in one transaction: in-scope lines, and the sums of every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from spaceledger.errors import DeliveryError
from spaceledger.warehouse.bad_values import bad_value
from spaceledger.warehouse.connection import run, value
from spaceledger.warehouse.intake import Intake, LoadPlan, read_files
from spaceledger.warehouse.periods import BEGAN

LINE_TABLES = ("cur__line_items", "focus__line_items")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: rows delivered and kept, and what should be told about them."""

    row_count: int
    kept_count: int
    notices: tuple[tuple[str, str], ...]  # problem, detail


def load_delivery(con: duckdb.DuckDBPyConnection, plan: LoadPlan, now: datetime) -> Loaded:
    """Replaces a billing period of a source by this delivery, in one transaction.

    Raises DeliveryError, with the previous version untouched, where any part cannot be read.
    """
    run(con, "begin")
    try:
        standing = _standing_rows(con, plan)
        _forget(con, plan)
        seen = read_files(con, plan)
        _refuse_emptiness(plan, standing, seen)
        loaded = _finish(con, plan, seen, now)
    except duckdb.Error as error:
        run(con, "rollback")
        raise _value_error(con, plan, error) from error
    except BaseException:
        run(con, "rollback")
        raise
    run(con, "commit")
    return loaded


def _value_error(con: duckdb.DuckDBPyConnection, plan: LoadPlan, error: duckdb.Error) -> Exception:
    """A value DuckDB refused is the delivery's fault; anything else is ours or the machine's."""
    if type(error) is duckdb.Error:  # what the Parquet reader raises on damaged pages
        return DeliveryError(
            "broken_file",
            f"a file is damaged: {' '.join(str(error).split())[:200]}",
            where=plan.location,
            todo="fetch it again, or wait for AWS's next delivery",
        )
    faults = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)
    if not isinstance(error, faults):
        return error
    return bad_value(con, plan.files, error, plan.location)


def _standing_rows(con: duckdb.DuckDBPyConnection, plan: LoadPlan) -> int:
    rows = value(
        con,
        "select coalesce(max(row_count), 0) from raw.deliveries"
        " where source = ? and billing_period = ? and is_current",
        [plan.source, plan.period],
    )
    return int(rows)


def _refuse_emptiness(plan: LoadPlan, standing: int, seen: Intake) -> None:
    """A period never loses all its rows: AWS delivers a month to date whole, every time."""
    if standing and not seen.rows:
        raise DeliveryError(
            "no_rows",
            f"holds no rows, but {plan.period} had {standing}; that version stands",
            where=plan.location,
            todo="wait for AWS's next delivery",
        )


def _refuse_odd_dates(con: duckdb.DuckDBPyConnection, plan: LoadPlan) -> None:
    """Usage before AWS began, or far in the future, would become days of the ledger."""
    starts = [
        f"select {column} as start_at from raw.{table}"
        " where source = $source and billing_period = $period"
        for table, column in BEGAN.items()
    ]
    starts.append(
        "select data_through_at as start_at from raw.delivery_totals where source = $source"
        " and billing_period = $period and delivery_id = $delivery"
    )
    odd = run(
        con,
        f"select start_at::varchar from ({' union all '.join(starts)})"
        " where not start_at between timestamp '2000-01-01' and timestamp '2199-12-31' limit 1",
        {"source": plan.source, "period": plan.period, "delivery": plan.delivery_id},
    )
    if odd:
        raise DeliveryError(
            "bad_value",
            f"usage cannot have begun at {odd[0][0]}",
            where=plan.location,
            todo="wait for AWS's next delivery, or correct the file",
        )


def _forget(con: duckdb.DuckDBPyConnection, plan: LoadPlan) -> None:
    keys = [plan.source, plan.period]
    for table in LINE_TABLES:
        run(con, f"delete from raw.{table} where source = ? and billing_period = ?", keys)
    for table in ("deliveries", "delivery_totals"):
        run(
            con,
            f"delete from raw.{table} where source = ? and billing_period = ? and delivery_id = ?",
            [*keys, plan.delivery_id],
        )
    run(
        con,
        "update raw.deliveries set is_current = false where source = ? and billing_period = ?",
        keys,
    )


def _finish(con: duckdb.DuckDBPyConnection, plan: LoadPlan, seen: Intake, now: datetime) -> Loaded:
    run(
        con,
        "insert into raw.delivery_totals by name select source, billing_period, delivery_id,"
        " payer_account_id, charge_type, billing_currency, is_in_scope,"
        " sum(row_count)::bigint as row_count, sum(unblended_cost) as unblended_cost,"
        " sum(cash_cost) as cash_cost, sum(billed_cost) as billed_cost,"
        " sum(effective_cost) as effective_cost, sum(uninvoiced_count)::bigint as uninvoiced_count,"
        " sum(other_period_count)::bigint as other_period_count,"
        " max(data_through_at) as data_through_at from load_totals group by all",
    )
    _refuse_odd_dates(con, plan)
    kept, content = _content(con, plan)
    run(con,
        "insert into raw.deliveries by name select ? as source, ? as role, ? as billing_period,"
        " ? as delivery_id, ? as identity, ? as location, ? as objects, ? as format,"
        " ? as delivered_at, ? as loaded_at, ? as row_count, ? as kept_count, ? as content_hash,"
        " version() as hash_version, ? as has_invoice_id, true as is_current",
        [
            plan.source, plan.role, plan.period, plan.delivery_id, plan.identity, plan.location,
            plan.objects_json, ", ".join(seen.tables), _naive(plan.delivered_at), _naive(now),
            seen.rows, kept, content, seen.has_invoice,
        ],
    )  # fmt: skip
    return Loaded(seen.rows, kept, tuple(_notices(con, seen)))


def _content(con: duckdb.DuckDBPyConnection, plan: LoadPlan) -> tuple[int, str]:
    """How many lines were kept, and an order-free hash of lines and totals to notice any change."""
    rows = run(
        con,
        f"""
        with content as (
            {
            " union all ".join(
                f"select 1 as kept, hash(line)::hugeint as mark from raw.{table} as line"
                " where source = $source and billing_period = $period"
                for table in LINE_TABLES
            )
        }
            union all
            select 0 as kept, hash(line)::hugeint as mark from raw.delivery_totals as line
            where source = $source and billing_period = $period and delivery_id = $delivery
        )
        select coalesce(sum(kept), 0)::bigint, coalesce(sum(mark), 0)::varchar from content
        """,
        {"source": plan.source, "period": plan.period, "delivery": plan.delivery_id},
    )
    return rows[0][0], rows[0][1]


def _notices(con: duckdb.DuckDBPyConnection, seen: Intake) -> Iterator[tuple[str, str]]:
    sums = run(
        con,
        "select coalesce(sum(other_period_count), 0)::bigint,"
        " coalesce(sum(row_count) filter (where starts_with(charge_type, 'SavingsPlan')), 0)::bigint,"
        " coalesce(sum(excess_count), 0)::bigint, coalesce(sum(cost_count), 0)::bigint,"
        " count(*) filter (billing_currency <> 'XXX')"
        " from load_totals",
    )[0]
    if sums[0]:
        yield "other_period", f"{sums[0]} rows name another billing period; counted in this one"
    if sums[1] and not seen.has_savings_plan_costs and "cur__line_items" in seen.tables:
        yield (
            "no_savings_plan_costs",
            f"{sums[1]} Savings Plan rows, but the export has no Savings Plan effective cost:"
            " effective cost is unblended cost for them",
        )
    if sums[2]:
        yield "rounded", f"{sums[2]} rows have amounts with more than 12 decimals; rounded"
    if seen.rows and not sums[3]:
        yield "no_cost", "the costs are empty in every row: they count 0"
    if seen.rows and not sums[4]:
        yield "no_currency_code", "no row has a currency: amounts are shown as XXX"
    for column, what in (
        ("line_item_type", "the export has no line item type: every row counts as Unknown"),
        ("resource_id", "the export has no resource ids: costs are attributed by tags alone"),
    ):
        if column in seen.missing and "cur__line_items" in seen.tables:
            yield f"no_{column}", what


def _naive(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
