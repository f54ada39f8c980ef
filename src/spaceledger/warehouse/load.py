"""Loads one delivery into `raw`: in-scope lines are kept, every delivered row is summed.

A chunk of a file is read by two statements, one that sums all rows and one that keeps those in
scope, so that what was billed and what was kept are counted apart and can be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb

from spaceledger.errors import DeliveryError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run, value
from spaceledger.warehouse.periods import period_expression
from spaceledger.warehouse.scan import LocalFile, csv_chunks, parquet_relation, read_header
from spaceledger.warehouse.scope import scope_of
from spaceledger.warehouse.spellings import Projection, project, raw_columns, raw_table_of

LINE_TABLES = ("cur__line_items", "focus__line_items")


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """One delivery ready to load."""

    source: str
    role: str
    keep_all: bool
    delivery_id: str
    identity: str
    period: str
    location: str
    objects_json: str
    delivered_at: datetime | None
    files: tuple[LocalFile, ...]
    only_own_period: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: rows delivered and kept, and what should be told about them."""

    row_count: int
    kept_count: int
    notices: tuple[tuple[str, str], ...]  # problem, detail


@dataclass(slots=True)
class _Seen:
    rows: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)  # raw table, chunk of it
    has_invoice: bool = False
    has_savings_plan_costs: bool = False
    tables: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()


def load_delivery(con: duckdb.DuckDBPyConnection, plan: LoadPlan, now: datetime) -> Loaded:
    """Replaces a billing period of a source by this delivery, in one transaction.

    Raises DeliveryError, with the previous version untouched, where any part cannot be read.
    """
    try:
        seen = _read_files(con, plan)
        run(con, "begin")
        try:
            _forget(con, plan)
            loaded = _finish(con, plan, seen, now)
        except BaseException:
            run(con, "rollback")
            raise
        run(con, "commit")
    except duckdb.Error as error:
        raise _value_error(plan, error) from error
    finally:
        con.unregister("chunk")
    for _, chunk in seen.kept:
        run(con, f"drop table {chunk}")
    return loaded


def _value_error(plan: LoadPlan, error: duckdb.Error) -> Exception:
    """A value DuckDB refused is the delivery's fault; anything else is ours or the machine's."""
    faults = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)
    if not isinstance(error, faults):
        return error
    text = " ".join(str(error).split("\nLINE", maxsplit=1)[0].split())
    return DeliveryError(
        "bad_value",
        f"a value cannot be read: {text[:200]}",
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


def _read_files(con: duckdb.DuckDBPyConnection, plan: LoadPlan) -> _Seen:
    """Fills temporary tables with all totals and the kept lines, each chunk in its own transaction.

    In one transaction DuckDB would hold on to every chunk that was ever registered. A table a
    chunk, because appending to one temporary table took two to five times as long at times.
    """
    seen = _Seen()
    run(
        con,
        "create or replace temp table load_totals as"
        " select *, 0::bigint as excess_count from raw.delivery_totals limit 0",
    )
    for file in plan.files:
        if file.path.stat().st_size == 0:
            continue
        header = read_header(file.path, file.address)
        if not header.columns:
            continue
        table = raw_table_of(header, file.address)
        projection = project(table, header, file.address)
        seen.tables = tuple(dict.fromkeys((*seen.tables, table)))
        seen.has_invoice |= "invoice_id" in projection.present
        seen.has_savings_plan_costs |= "savings_plan_effective_cost" in projection.present
        absent = {column.name for column in raw_columns(table)} - projection.present
        seen.missing = frozenset(absent) | seen.missing
        before = seen.rows
        if header.is_parquet:
            _load_chunk(con, plan, table, projection, parquet_relation(file.path), seen)
            read = seen.rows - before
            if not plan.only_own_period and header.row_count not in {None, read}:
                raise DeliveryError(
                    "row_count",
                    f"{read} rows were read but the Parquet footer says {header.row_count}",
                    where=file.address,
                )
        else:
            for chunk in csv_chunks(file, projection.used):
                con.register("chunk", chunk)
                _load_chunk(con, plan, table, projection, "chunk", seen)
                con.unregister("chunk")
    return seen


def _load_chunk(
    con: duckdb.DuckDBPyConnection,
    plan: LoadPlan,
    table: str,
    projection: Projection,
    relation: str,
    seen: _Seen,
) -> None:
    has_costs = "savings_plan_effective_cost" in projection.present
    constants = {
        "source": plan.source,
        "delivery_id": plan.delivery_id,
        "delivered_period": plan.period,
    }
    columns = [f"{expression} as {name}" for name, expression in projection.expressions]
    columns += [f"{_literal(value)} as {name}" for name, value in constants.items()]
    if table == "cur__line_items":
        columns.append(f"{has_costs} as has_savings_plan_costs")
    checks = [f"coalesce({check}, false)" for check in projection.excess_checks]
    excess = f"{' or '.join(checks) or 'false'} as has_excess_decimals"

    def view(name: str, rows: str, *more: str) -> None:
        body = f"select {', '.join([*columns, *more])} from {rows}"
        if plan.only_own_period:
            period = period_expression(table)
            body = f"select * from ({body}) where {period} = {_literal(plan.period)}"
        run(con, f"create or replace temp view {name} as {body}")

    view("delivered", relation, excess)
    totals = (sql_dir() / "load" / f"{table}.sql").read_text(encoding="utf-8")
    run(
        con,
        "insert into load_totals by name"
        f" select {_literal(plan.source)} as source, {_literal(plan.period)} as billing_period,"
        f" {_literal(plan.delivery_id)} as delivery_id, t.* from ({totals}) as t",
    )
    # The scope is asked of the delivered columns, so that only what is kept is converted.
    where = "true" if plan.keep_all else scope_of(table, dict(projection.expressions))
    kept = f"kept_{len(seen.kept)}"
    seen.kept.append((table, kept))
    view("in_scope", f"(select * from {relation} where {where})")
    run(
        con,
        f"create or replace temp table {kept} as"
        " select * exclude (delivered_period), delivered_period as billing_period,"
        f" {scope_of(table)} as is_in_scope from in_scope",
    )
    seen.rows = value(con, "select coalesce(sum(row_count), 0)::bigint from load_totals")


def _finish(con: duckdb.DuckDBPyConnection, plan: LoadPlan, seen: _Seen, now: datetime) -> Loaded:
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
    for table, chunk in seen.kept:
        run(con, f"insert into raw.{table} by name select * from {chunk}")
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


def _notices(con: duckdb.DuckDBPyConnection, seen: _Seen) -> Iterator[tuple[str, str]]:
    sums = run(
        con,
        "select coalesce(sum(other_period_count), 0)::bigint,"
        " coalesce(sum(row_count) filter (where starts_with(charge_type, 'SavingsPlan')), 0)::bigint,"
        " coalesce(sum(excess_count), 0)::bigint"
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
    for column, what in (
        ("line_item_type", "the export has no line item type: every row counts as Unknown"),
        ("currency_code", "the export has no currency: amounts are shown as XXX"),
        ("resource_id", "the export has no resource ids: costs are attributed by tags alone"),
    ):
        if column in seen.missing and "cur__line_items" in seen.tables:
            yield f"no_{column}", what


def _naive(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
