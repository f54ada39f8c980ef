"""Opens DuckDB files. One writer has the work database; readers open the published one read-only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from spaceledger.errors import HomeError
from spaceledger.paths import sql_dir

SCHEMAS = ("raw", "staging", "core", "marts")
# The oldest client that must open a published ledger is DuckDB 1.5.
STORAGE_VERSION = "v1.5.0"


@contextmanager
def open_work(path: Path, *, memory_limit: str = "1200MB") -> Iterator[duckdb.DuckDBPyConnection]:
    """The work database, writable, with schemas and macros in place; closed at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    config = {"storage_compatibility_version": STORAGE_VERSION}
    try:
        con = duckdb.connect(str(path), config=config)
    except duckdb.IOException as error:
        raise HomeError(f"cannot be opened ({error})", where=str(path)) from error
    try:
        con.execute("set timezone = 'UTC'")
        con.execute("set preserve_insertion_order = false")
        con.execute("set memory_limit = ?", [memory_limit])
        con.execute("set temp_directory = ?", [str(path.parent / "spill")])
        con.execute("set enable_progress_bar = false")
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists {schema}")
        create_macros(con)
        yield con
    finally:
        con.close()


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Creates the macros of `sql/macros/`, each file in an order that resolves their references."""
    for name in ("money", "arn", "cost", "focus", "category"):
        con.execute((sql_dir() / "macros" / f"{name}.sql").read_text(encoding="utf-8"))


@contextmanager
def open_published(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published ledger, read-only."""
    if not path.exists():
        raise HomeError(
            "there is no published ledger yet", where=str(path), todo="run `spaceledger run` first"
        )
    con = duckdb.connect(str(path.resolve()), read_only=True)
    try:
        con.execute("set timezone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        yield con
    finally:
        con.close()
