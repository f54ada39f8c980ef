"""Runs the queries of `sql/panels/`: the rows that pages show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from spaceledger.errors import ModelError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import create_macros, run
from spaceledger.warehouse.models import header_lines


@dataclass(frozen=True, slots=True)
class PanelQuery:
    """A query of `sql/panels/`: its name, what its rows are, and the column its files are cut by."""

    name: str
    description: str
    shard: str | None
    columns: tuple[str, ...]
    sql: str


@dataclass(frozen=True, slots=True)
class PanelRows:
    """What a query of `sql/panels/` gave, in its own order."""

    name: str
    shard: str | None
    rows: pa.Table


def panel_queries(folder: Path | None = None) -> list[PanelQuery]:
    """Every query of `sql/panels/`, by name. Raises ModelError where a header lacks its sentence."""
    paths = sorted((folder or sql_dir() / "panels").glob("*.sql"))
    return [_parse(path) for path in paths]


def read_panels(con: duckdb.DuckDBPyConnection, folder: Path | None = None) -> list[PanelRows]:
    """The rows of each query on a built ledger. Raises ModelError where one fails."""
    create_macros(con)
    run(con, "set preserve_insertion_order = true")
    share(con, folder)
    found = []
    for query in panel_queries(folder):
        with _told(query):
            found.append(PanelRows(query.name, query.shard, con.sql(query.sql).to_arrow_table()))
    return found


def share(con: duckdb.DuckDBPyConnection, folder: Path | None = None) -> None:
    """Makes what several queries read, of `shared/`: temporary tables, in the order of their names."""
    for query in panel_queries((folder or sql_dir() / "panels") / "shared"):
        with _told(query):
            run(con, f"create or replace temp table {query.name} as {query.sql}")


@contextmanager
def _told(query: PanelQuery) -> Iterator[None]:
    try:
        yield
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise ModelError(
            " ".join(str(error).split())[:300],
            where=f"sql/panels/{query.name}.sql",
            todo="mend the query; nothing was published",
        ) from error


def _parse(path: Path) -> PanelQuery:
    text = path.read_text(encoding="utf-8")
    sentence, columns, shard, is_column = [], [], None, False
    for line in header_lines(text):
        if line.startswith("shard:"):
            shard = line.removeprefix("shard:").strip()
        elif line.startswith("columns:"):
            is_column = True
        elif not is_column:
            sentence.append(line.strip())
        elif match := re.match(r"\s+(\w+): \S", line):
            columns.append(match[1])
    if not sentence:
        raise ModelError("its header has no sentence that says what it shows", where=str(path))
    return PanelQuery(path.stem, " ".join(sentence), shard, tuple(columns), text)
