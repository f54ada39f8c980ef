"""Takes what APIs tell into `raw` and keeps its history: since when each row is told, and until when.

Every such table has the columns `source`, `seen_from` and `seen_until`; a row that changes, or is told no
longer, ends, and what is told instead begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

import duckdb
import pyarrow as pa

from spaceledger.warehouse.connection import one_transaction, run

_KEPT = {"source", "seen_from", "seen_until"}


class Told(Protocol):
    """What one API told at one time (see sources/snapshots.py)."""

    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def tables(self) -> Mapping[str, pa.Table]: ...  # noqa: D102
    @property
    def digest(self) -> str: ...  # noqa: D102


def take_snapshots(
    con: duckdb.DuckDBPyConnection,
    told: Mapping[str, Told],
    *,
    ended: Iterable[str],
    now: datetime,
) -> None:
    """Takes up each snapshot, by what it was asked as, and ends the rows of sources asked no longer.

    A source that ended keeps its rows: what was there stays known, but nothing says that it is gone.
    `now` is UTC without a zone.
    """
    columns = _columns(con)
    with one_transaction(con):
        for source in ended:
            for table in columns:
                _end(con, table, "source = ?", [now, source])
            mark = "update raw.api_snapshots set ended_at = ?::timestamp where source = ?"
            run(con, mark, [now, source])
        for asked_as, snapshot in told.items():
            for table, rows in snapshot.tables.items():
                _take(con, table, columns[table], snapshot.source, rows, now)
            run(con, "delete from raw.api_snapshots where source = ?", [snapshot.source])
            run(
                con,
                "insert into raw.api_snapshots by name select ? as source, ? as asked_as,"
                " ? as digest, ?::timestamp as taken_at, null::timestamp as ended_at",
                [snapshot.source, asked_as, snapshot.digest, now],
            )


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The tables with a history and what their rows say."""
    found = run(
        con,
        "select table_name, list(column_name order by column_index) from duckdb_columns()"
        " where schema_name = 'raw' and database_name = current_database() group by table_name",
    )
    return {
        table: [name for name in names if name not in _KEPT]
        for table, names in found
        if set(names) >= _KEPT
    }


def _take(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[str],
    source: str,
    rows: pa.Table,
    now: datetime,
) -> None:
    own = ", ".join(columns)
    con.register("told_rows", rows)
    try:
        # In the table's own types, so that equal rows compare as equal.
        run(con, f"create or replace temp table told as select {own} from raw.{table} limit 0")
        run(con, "insert into temp.told by name select distinct * from told_rows")
    finally:
        con.unregister("told_rows")
    same = " and ".join(f"told.{name} is not distinct from {table}.{name}" for name in columns)
    not_told = f"source = ? and not exists (select 1 from temp.told as told where {same})"
    # What began at this very moment and is taken back stood for no time at all.
    run(
        con,
        f"delete from raw.{table} as {table} where seen_from = ?::timestamp and {not_told}",
        [now, source],
    )
    _end(con, table, not_told, [now, source])
    run(
        con,
        f"insert into raw.{table} by name"
        f" select ? as source, told.*, ?::timestamp as seen_from, null::timestamp as seen_until"
        f" from temp.told as told where not exists (select 1 from raw.{table} as {table}"
        f" where source = ? and seen_until is null and {same})",
        [source, now, source],
    )
    run(con, "drop table temp.told")


def _end(con: duckdb.DuckDBPyConnection, table: str, which: str, values: list[object]) -> None:
    run(
        con,
        f"update raw.{table} as {table} set seen_until = ?::timestamp where seen_until is null and {which}",
        values,
    )
