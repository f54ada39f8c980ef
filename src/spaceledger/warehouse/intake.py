"""Reads the files of a delivery: every delivered row is summed, lines in scope are made ready to keep.

Each part of a delivery is read by two statements, one that sums all rows and one that keeps those in
scope, so that what was billed and what was kept are counted apart and can be held against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import duckdb
import numpy as np
import pyarrow as pa

from spaceledger.errors import DeliveryError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run, value
from spaceledger.warehouse.current import Current
from spaceledger.warehouse.periods import period_expression
from spaceledger.warehouse.scan import Header, LocalFile, csv_chunks, parquet_relation, read_header
from spaceledger.warehouse.scope import scope_of
from spaceledger.warehouse.spellings import (
    Projection,
    project,
    quoted,
    raw_columns,
    raw_table_of,
)

# As many rows as DuckDB compresses together; fewer would be written badly.
_ROW_GROUP = 122_880
_SAVINGS_PLAN_COSTS = {"savings_plan_effective_cost", "savings_plan_net_effective_cost"}


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
    """What was read: lines in scope lie in their raw table, totals in the temporary `load_totals`."""

    rows: int = 0
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
    """Sums all rows and keeps the lines in scope, inside the transaction of the caller."""
    seen = Intake()
    run(
        con,
        "create or replace temp table load_totals as"
        " select *, 0::bigint as excess_count, 0::bigint as cost_count from raw.delivery_totals limit 0",
    )
    for part in _parts(plan):
        present = part.projection.present
        seen.tables = tuple(dict.fromkeys((*seen.tables, part.table)))
        seen.has_invoice |= "invoice_id" in present
        seen.has_savings_plan_costs |= bool(_SAVINGS_PLAN_COSTS & present)
        seen.missing |= {column.name for column in raw_columns(part.table)} - present
        (_read_parquet if part.headers[0].is_parquet else _read_csv)(con, part)
    seen.rows = _rows_summed(con)
    return seen


def _rows_summed(con: duckdb.DuckDBPyConnection) -> int:
    return int(value(con, "select coalesce(sum(row_count), 0)::bigint from load_totals"))


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


def _read_parquet(con: duckdb.DuckDBPyConnection, part: _Part) -> None:
    relation = parquet_relation(*(file.path for file in part.files))
    before = _rows_summed(con)
    run(con, _sums(part, relation))
    read, stated = _rows_summed(con) - before, sum(h.row_count or 0 for h in part.headers)
    if not part.plan.only_own_period and read != stated:
        raise DeliveryError(
            "row_count",
            f"{read} rows were read but the Parquet footers say {stated}",
            where=part.files[0].address,
        )
    run(con, _keeping(part, f"(select {_used(part)} from {relation} where {_scope(part)})"))


def _read_csv(con: duckdb.DuckDBPyConnection, part: _Part) -> None:
    names = part.projection.used
    empty = pa.table({name: pa.array([], pa.string()) for name in names})
    chunk, passed = Current(_numbered(empty)), Current(empty)
    con.register("chunk", chunk)
    con.register("passed", passed)
    run(con, f"prepare sum_chunk as {_sums(part, 'chunk')}")
    run(con, f"prepare pass_chunk as select line_number from chunk where {_scope(part)}")
    run(con, f"prepare keep_passed as {_keeping(part, 'passed')}")
    waiting: list[pa.Table] = []
    for rows in csv_chunks(part.files, names):
        chunk.rows = _numbered(rows)
        run(con, "execute sum_chunk")
        numbers = con.execute("execute pass_chunk").fetchnumpy()["line_number"]
        # Arrow is quicker than DuckDB at leaving out most rows of many columns of text.
        mask = np.zeros(rows.num_rows, dtype=bool)
        mask[numbers] = True
        waiting.append(rows.filter(pa.array(mask)).combine_chunks())
        if sum(lines.num_rows for lines in waiting) >= _ROW_GROUP:
            passed.rows, waiting = pa.concat_tables(waiting), []
            run(con, "execute keep_passed")
    if waiting:
        passed.rows = pa.concat_tables(waiting)
        run(con, "execute keep_passed")
    con.unregister("chunk")
    con.unregister("passed")


def _numbered(rows: pa.Table) -> pa.Table:
    return rows.append_column("line_number", pa.array(np.arange(rows.num_rows)))


def _sums(part: _Part, relation: str) -> str:
    """A statement that adds the totals of every row, by the rules of `sql/load/`, to `load_totals`.

    The rules name delivered values as `line.x`; each stands in its place as the file's own expression,
    because DuckDB evaluates a column of a subquery for every row, an expression in a case only where
    the case gets to it.
    """
    plan = part.plan
    given = dict(part.projection.delivered) | {
        "delivered_period": _literal(plan.period),
        "has_savings_plan_costs": _has_savings_plan_costs(part),
        "has_excess_decimals": _has_excess_decimals(part),
    }
    own = "true"
    if plan.only_own_period:
        expression = period_expression(part.table, dict(part.projection.expressions))
        own = f"{expression} = {_literal(plan.period)}"
    # Only the columns in use: the rest of a stranger's names cannot meet the names in the rules.
    relation = f"(select {_used(part)} from {relation} where {own})"
    rules = (sql_dir() / "load" / f"{part.table}.sql").read_text(encoding="utf-8")
    rules = rules.replace("from delivered as line", f"from {relation} as line")
    totals = re.sub(r"\bline\.(\w+)", lambda found: given[found[1]], _without_comments(rules))
    return (
        "insert into load_totals by name"
        f" select {_literal(plan.source)} as source, {_literal(plan.period)} as billing_period,"
        f" {_literal(plan.delivery_id)} as delivery_id, t.* from ({totals}) as t"
    )


def _used(part: _Part) -> str:
    return ", ".join(quoted(name) for name in part.projection.used)


def _scope(part: _Part) -> str:
    """Which delivered rows to keep. Scope is asked of delivered columns: only what passes is converted."""
    return "true" if part.plan.keep_all else scope_of(part.table, dict(part.projection.expressions))


def _keeping(part: _Part, passed: str) -> str:
    """A statement that keeps delivered rows in scope as raw rows."""
    return (
        f"insert into raw.{part.table} by name"
        " select * exclude (delivered_period), delivered_period as billing_period,"
        f" {scope_of(part.table)} as is_in_scope from ({_delivered(part, passed)})"
    )


def _delivered(part: _Part, relation: str) -> str:
    """A select of a relation's rows under raw column names."""
    plan = part.plan
    constants = {
        "source": plan.source,
        "delivery_id": plan.delivery_id,
        "delivered_period": plan.period,
    }
    columns = [f"{expression} as {name}" for name, expression in part.projection.expressions]
    columns += [f"{_literal(text)} as {name}" for name, text in constants.items()]
    if part.table == "cur__line_items":
        columns.append(f"{_has_savings_plan_costs(part)} as has_savings_plan_costs")
    body = f"select {', '.join(columns)} from {relation}"
    if plan.only_own_period:
        own = f"{period_expression(part.table)} = {_literal(plan.period)}"
        body = f"select * from ({body}) where {own}"
    return body


def _has_excess_decimals(part: _Part) -> str:
    """Nearly every row has short amounts without a minus sign, their exponent's or their own.

    Only the others are looked at closely.
    """
    amounts = part.projection.maybe_excess
    if not amounts:
        return "false"
    closely = [f"strlen({amount}) > 13" for amount in amounts]
    closely.append(f"contains(concat({', '.join(amounts)}), '-')")
    excess = [f"coalesce(has_excess_decimals({amount}), false)" for amount in amounts]
    return f"(case when {' or '.join(closely)} then {' or '.join(excess)} else false end)"


def _has_savings_plan_costs(part: _Part) -> str:
    return "true" if _SAVINGS_PLAN_COSTS & part.projection.present else "false"


def _without_comments(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.startswith("--"))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
