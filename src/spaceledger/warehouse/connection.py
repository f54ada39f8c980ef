"""Opens DuckDB files. One writer has the work database; readers open the published one read-only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from spaceledger.errors import HomeError
from spaceledger.paths import sql_dir

MACRO_FILES = (
    "money",
    "moment",
    "arn",
    "cost",
    "focus",
    "category",
    "trail",
    "calendar",
    "aws_budget",
    "estimate",
    "command",
)
SCHEMAS = ("raw", "staging", "core", "marts")
# The oldest client that must open a published ledger is DuckDB 1.5.
STORAGE_VERSION = "v1.5.0"
# A full disk surfaces as the first, or, where a commit meets it, as the last.
_MACHINE_FAULTS = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
    duckdb.TransactionException,
)


@contextmanager
def open_work(path: Path, *, memory_limit: str = "640MB") -> Iterator[duckdb.DuckDBPyConnection]:
    """The work database, writable, with its schemas; closed at the end. `build.prepare` adds the rest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "storage_compatibility_version": STORAGE_VERSION
    }
    try:
        con = duckdb.connect(str(path), config=config)
    except duckdb.IOException as error:
        raise HomeError(f"cannot be opened ({error})", where=str(path)) from error
    try:
        run(con, "set timezone = 'UTC'")
        run(con, "set preserve_insertion_order = false")
        run(con, "set memory_limit = ?", [memory_limit])
        run(con, "set temp_directory = ?", [str(path.parent / "spill")])
        run(con, "set enable_progress_bar = false")
        for schema in SCHEMAS:
            run(con, f"create schema if not exists {schema}")
        yield con
    except _MACHINE_FAULTS as error:
        raise HomeError(
            f"DuckDB stopped ({' '.join(str(error).split())[:300]})",
            where=str(path),
            todo="free disk space or memory, then run again; the published ledger stands",
        ) from error
    finally:
        con.close()


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Creates the macros of `sql/macros/`, each file in an order that resolves their references."""
    files = [sql_dir() / "macros" / f"{name}.sql" for name in MACRO_FILES]
    with one_transaction(con):
        for file in files:
            run(con, file.read_text(encoding="utf-8"))


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published ledger, read-only."""
    if not path.exists():
        raise HomeError(
            "there is no published ledger yet", where=str(path), todo="run `spaceledger run` first"
        )
    con = duckdb.connect(str(path.resolve()), read_only=True)
    try:
        run(con, "set timezone = 'UTC'")
        run(con, "set enable_progress_bar = false")
        yield con
    finally:
        con.close()


def run(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] | dict[str, object] = ()
) -> list[tuple[Any, ...]]:
    """Runs a statement to its end and returns its rows.

    DuckDB 2 streams results: an error surfaces only at the fetch, and an unfetched result blocks
    the connection.
    """
    given = parameters if isinstance(parameters, dict) else list(parameters)
    return con.execute(sql, given).fetchall()


@contextmanager
def one_transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All statements inside are one commit: each commit waits for the disk. A fault undoes them all."""
    run(con, "begin")
    try:
        yield
    except BaseException:
        run(con, "rollback")
        raise
    run(con, "commit")


def value(con: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()) -> Any:
    """The one value a query gives."""
    return run(con, sql, parameters)[0][0]
