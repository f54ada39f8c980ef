"""Reads the files of a delivery: every delivered row is summed, lines in scope are made ready to keep.

Each part of a delivery is read by two statements, one that sums all rows and one that keeps those in
scope, so that what was billed and what was kept are counted apart and can be held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import duckdb

from spaceledger.errors import DeliveryError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run, value
from spaceledger.warehouse.periods import period_expression
from spaceledger.warehouse.scan import Header, LocalFile, csv_chunks, parquet_relation, read_header
from spaceledger.warehouse.scope import scope_of
from spaceledger.warehouse.spellings import Projection, project, raw_columns, raw_table_of


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


@dataclass(slots=True)
class Intake:
    """What was read: totals lie in the temporary table `load_totals`, `kept` selects the kept lines."""

    rows: int = 0
    kept: dict[str, list[str]] = field(default_factory=dict)  # raw table: selects
    chunk_tables: list[str] = field(default_factory=list)
    has_invoice: bool = False
    has_savings_plan_costs: bool = False
    tables: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Part:
    """Files with one header, that one statement can read."""

    plan: LoadPlan
    files: tuple[LocalFile, ...]
    headers: tuple[Header, ...]
    table: str
    projection: Projection


def read_files(con: duckdb.DuckDBPyConnection, plan: LoadPlan) -> Intake:
    """Sums all rows. Lines of CSV are also kept; those of Parquet can be selected again later.

    Each chunk of CSV goes into a table of its own, outside any long transaction: DuckDB would hold on
    to every chunk registered in one.
    """
    seen = Intake()
    run(
        con,
        "create or replace temp table load_totals as"
        " select *, 0::bigint as excess_count from raw.delivery_totals limit 0",
    )
    for part in _parts(plan):
        present = part.projection.present
        seen.tables = tuple(dict.fromkeys((*seen.tables, part.table)))
        seen.has_invoice |= "invoice_id" in present
        seen.has_savings_plan_costs |= "savings_plan_effective_cost" in present
        seen.missing |= {column.name for column in raw_columns(part.table)} - present
        if part.headers[0].is_parquet:
            _read_parquet(con, part, seen)
        else:
            for file in part.files:
                _read_csv(con, part, file, seen)
    return seen


def _parts(plan: LoadPlan) -> Iterator[_Part]:
    """Neighbouring files whose columns agree to the type, with how they are read."""
    opened = [
        (file, read_header(file.path, file.address))
        for file in plan.files
        if file.path.stat().st_size > 0
    ]
    filled = [(file, header) for file, header in opened if header.columns]
    for _, group in groupby(filled, lambda pair: (pair[1].columns, pair[1].exact_types)):
        files, headers = zip(*group, strict=True)
        table = raw_table_of(headers[0], files[0].address)
        yield _Part(plan, files, headers, table, project(table, headers[0], files[0].address))


def _read_parquet(con: duckdb.DuckDBPyConnection, part: _Part, seen: Intake) -> None:
    relation = parquet_relation(*(file.path for file in part.files))
    before = seen.rows
    _sum_rows(con, part, relation, seen)
    read, stated = seen.rows - before, sum(header.row_count or 0 for header in part.headers)
    if not part.plan.only_own_period and read != stated:
        raise DeliveryError(
            "row_count",
            f"{read} rows were read but the Parquet footers say {stated}",
            where=part.files[0].address,
        )
    seen.kept.setdefault(part.table, []).append(_kept_lines(part, relation))


def _read_csv(con: duckdb.DuckDBPyConnection, part: _Part, file: LocalFile, seen: Intake) -> None:
    for chunk in csv_chunks(file, part.projection.used):
        con.register("chunk", chunk)
        try:
            _sum_rows(con, part, "chunk", seen)
            name = f"kept_{len(seen.chunk_tables)}"
            run(con, f"create or replace temp table {name} as {_kept_lines(part, 'chunk')}")
        finally:
            con.unregister("chunk")
        seen.chunk_tables.append(name)
        seen.kept.setdefault(part.table, []).append(f"select * from {name}")


def _sum_rows(con: duckdb.DuckDBPyConnection, part: _Part, relation: str, seen: Intake) -> None:
    """Adds the totals of every row, by the rules of `sql/load/`, to `load_totals`."""
    plan = part.plan
    checks = [f"coalesce({check}, false)" for check in part.projection.excess_checks]
    excess = f"{' or '.join(checks) or 'false'} as has_excess_decimals"
    rows = _delivered(part, part.projection.unconverted, relation, excess)
    run(con, f"create or replace temp view delivered as {rows}")
    totals = (sql_dir() / "load" / f"{part.table}.sql").read_text(encoding="utf-8")
    run(
        con,
        "insert into load_totals by name"
        f" select {_literal(plan.source)} as source, {_literal(plan.period)} as billing_period,"
        f" {_literal(plan.delivery_id)} as delivery_id, t.* from ({totals}) as t",
    )
    seen.rows = value(con, "select coalesce(sum(row_count), 0)::bigint from load_totals")


def _kept_lines(part: _Part, relation: str) -> str:
    """A select of the lines to keep. Scope is asked of delivered columns: only they are converted."""
    expressions = part.projection.expressions
    where = "true" if part.plan.keep_all else scope_of(part.table, dict(expressions))
    rows = _delivered(part, expressions, f"(select * from {relation} where {where})")
    return (
        "select * exclude (delivered_period), delivered_period as billing_period,"
        f" {scope_of(part.table)} as is_in_scope from ({rows})"
    )


def _delivered(
    part: _Part, expressions: tuple[tuple[str, str], ...], relation: str, *more: str
) -> str:
    """A select of a relation's rows under raw column names."""
    plan = part.plan
    constants = {
        "source": plan.source,
        "delivery_id": plan.delivery_id,
        "delivered_period": plan.period,
    }
    columns = [f"{expression} as {name}" for name, expression in expressions]
    columns += [f"{_literal(text)} as {name}" for name, text in constants.items()]
    if part.table == "cur__line_items":
        has_costs = "savings_plan_effective_cost" in part.projection.present
        columns.append(f"{has_costs} as has_savings_plan_costs")
    body = f"select {', '.join([*columns, *more])} from {relation}"
    if plan.only_own_period:
        own = f"{period_expression(part.table)} = {_literal(plan.period)}"
        body = f"select * from ({body}) where {own}"
    return body


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
