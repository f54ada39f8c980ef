"""Reads a published ledger: ad-hoc SQL, named queries of `sql/analysis/`, and the data dictionary."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from spaceledger.errors import HomeError, QueryError
from spaceledger.paths import Home, sql_dir
from spaceledger.warehouse.connection import open_published, run
from spaceledger.warehouse.models import header_lines

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """One query of `sql/analysis/`: what it answers, and its parameters with their defaults."""

    name: str
    description: str
    parameters: tuple[tuple[str, str], ...]
    sql: str


def named_queries() -> dict[str, NamedQuery]:
    """Every query of `sql/analysis/`, by name."""
    queries = {}
    for path in sorted((sql_dir() / "analysis").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        lines = header_lines(text)
        found = [re.fullmatch(r"parameter (\w+): (.*)", line.strip()) for line in lines]
        parameters = tuple((match[1], match[2]) for match in found if match)
        sentence = " ".join(line for line in lines if not line.strip().startswith("parameter "))
        queries[path.stem] = NamedQuery(path.stem, sentence, parameters, text)
    return queries


@dataclass(frozen=True)
class Ledger:
    """A published ledger, read-only. Each query sees one whole build."""

    path: Path

    def sql(self, query: str, *, arrow: bool = False, **parameters: str) -> pd.DataFrame | pa.Table:
        """The rows of a query, or of a named one, as a pandas DataFrame or an Arrow table.

        `$name` in the query takes its value from `parameters`. Raises QueryError.
        """
        with open_published(self.path) as con:
            table = query_table(con, query, parameters)
        return table if arrow else table.to_pandas(types_mapper=_mapper)

    @property
    def marts(self) -> pd.DataFrame:
        """Every table for readers with its documentation: name, description, columns."""
        return self.sql(
            "select schema_name || '.' || table_name as name, comment as description,"
            " column_count as columns from duckdb_tables()"
            " where schema_name in ('core', 'marts') order by name"
        )

    def columns(self, table: str) -> pd.DataFrame:
        """The columns of one table: name, type, description."""
        return self.sql(
            "select column_name, data_type, comment as description from duckdb_columns()"
            " where schema_name || '.' || table_name = $table order by column_index",
            table=table,
        )


def _mapper(kind: pa.DataType) -> pd.ArrowDtype | None:
    """Money stays exact in pandas."""
    # A quarter of the start of every command, and few make data frames.
    import pandas as pd

    return pd.ArrowDtype(kind) if pa.types.is_decimal(kind) else None


def open_ledger(home: str | Path) -> Ledger:
    """The published ledger of a home folder. Raises HomeError where there is none."""
    path = Home(Path(home).expanduser().resolve()).ledger
    if not path.exists():
        raise HomeError(
            "there is no published ledger here", where=str(path), todo="run `spaceledger run` first"
        )
    return Ledger(path)


def query_table(con: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, str]) -> pa.Table:
    """The rows of a query or of a named one. Raises QueryError on anything DuckDB refuses."""
    named = named_queries().get(query.strip())
    values: dict[str, str | None] = dict(parameters)
    if named:
        query = named.sql
        allowed = dict(named.parameters)
        unknown = sorted(set(parameters) - set(allowed))
        if unknown:
            raise QueryError(
                f"takes no parameter {unknown[0]}",
                where=named.name,
                todo=f"it takes {', '.join(allowed) or 'none'}",
            )
        values = {name: parameters.get(name) for name in allowed}
    elif re.fullmatch(r"\w+", query.strip()):
        raise QueryError(
            f"there is no query named {query.strip()}", todo="see `spaceledger sql` for their names"
        )
    try:
        return con.sql(query, params=values).to_arrow_table() if values else _table(con, query)
    except duckdb.Error as error:
        raise QueryError(" ".join(str(error).split())[:500], where="query") from None


def _table(con: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    relation = con.sql(query)
    if relation is None:
        raise QueryError("gives no rows", todo="write a select")
    return relation.to_arrow_table()


@contextmanager
def reading(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published ledger of a home, without access to other files or to settings."""
    with open_published(home.ledger) as con:
        run(con, "set enable_external_access = false")
        run(con, "set lock_configuration = true")
        yield con


def write_parquet(table: pa.Table, path: Path) -> None:
    """Writes rows as one Parquet file. Raises QueryError where that cannot be."""
    try:
        pq.write_table(table, path)
    except OSError as error:
        raise QueryError(
            f"cannot be written ({error.strerror or error})",
            where=str(path),
            todo="name a file in a folder you may write to",
        ) from error


def write_csv(table: pa.Table, path: Path) -> None:
    """Writes rows as CSV of RFC 4180, every decimal kept and no cell a formula."""
    cells = [[_cell(row[name]) for name in table.column_names] for row in table.to_pylist()]
    path.write_bytes((_csv(table.column_names, cells, line_end="\r\n") + "\r\n").encode())


def as_text(table: pa.Table, style: str) -> str:
    """Rows as CSV, JSON or an aligned table, every decimal kept."""
    rows = table.to_pylist()
    if style == "json":
        return json.dumps(rows, default=str, indent=1, ensure_ascii=False)
    cells = [[_cell(row[name]) for name in table.column_names] for row in rows]
    if style == "csv":
        return _csv(table.column_names, cells)
    return _aligned(table.column_names, cells)


def _cell(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _csv(names: Sequence[str], cells: Sequence[Sequence[str]], line_end: str = "\n") -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(names)
    writer.writerows([neutral(cell) for cell in row] for row in cells)
    return text.getvalue().removesuffix(line_end)


def neutral(cell: str) -> str:
    """A cell no spreadsheet takes for a formula; plain numbers stay as they are."""
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(
        r"[-+]?[\d.]+(E[-+]?\d+)?", cell
    ):
        return "'" + cell
    return cell


def _aligned(names: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    flat = [[" ".join(cell.split()) for cell in row] for row in cells]
    widths = [
        max(len(name), *(len(row[i]) for row in flat), 1) if flat else len(name)
        for i, name in enumerate(names)
    ]
    numeric = [
        bool(flat) and all(re.fullmatch(r"[-+]?[\d.,]*(E[-+]?\d+)?", row[i]) for row in flat)
        for i in range(len(names))
    ]

    def line(row: Sequence[str]) -> str:
        parts = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        return "  ".join(parts).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([line(names), rule, *(line(row) for row in flat)])
