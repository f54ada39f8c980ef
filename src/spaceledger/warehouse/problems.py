"""Keeps `raw.ingest_problems`: what is wrong now, since when, and what a later delivery mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from spaceledger.warehouse.connection import run

_KEY = ("source", "location", "problem", "billing_period")
_ROWS = pa.schema(
    (name, pa.string()) for name in (*_KEY, "severity", "detail", "origin", "identity")
)
_CLOSE = "update raw.ingest_problems set is_open = false, closed_at = ?::timestamp where is_open"


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem.

    `origin` is pull, api or alert (looked at anew by each run), build (by each build), load or trail
    (stands as its input). `identity` is of the delivery, or what an API was asked as.
    """

    source: str
    location: str
    problem: str
    severity: str
    detail: str
    billing_period: str | None
    origin: str
    identity: str = ""


def record(con: duckdb.DuckDBPyConnection, rows: Iterable[ProblemRow], now: datetime) -> None:
    """Opens each problem; first seen is since when it has been open without a break."""
    told = {(row.source, row.location, row.problem, row.billing_period): row for row in rows}
    if not told:
        return
    con.register("told", pa.Table.from_pylist([asdict(row) for row in told.values()], _ROWS))
    same = " and ".join(f"known.{name} is not distinct from told.{name}" for name in _KEY)
    run(
        con,
        "create or replace temp table opened as select told.*, (select min(first_seen_at)"
        f" from raw.ingest_problems as known where {same} and (is_open or closed_at = ?::timestamp)"
        ") as first_seen_at from told",
        [now],
    )
    con.unregister("told")
    run(con, f"delete from raw.ingest_problems as known using opened as told where {same}")
    run(
        con,
        "insert into raw.ingest_problems by name select * replace (coalesce(first_seen_at,"
        " ?::timestamp) as first_seen_at), ?::timestamp as last_seen_at, true as is_open from opened",
        [now, now],
    )
    run(con, "drop table opened")


def close_pull(con: duckdb.DuckDBPyConnection, sources: Iterable[str], now: datetime) -> None:
    """Closes what a pull of some sources looks at anew."""
    run(
        con,
        f"{_CLOSE} and origin = 'pull' and source in (select unnest(?::varchar[]))",
        [now, list(sources)],
    )


def close_apis(con: duckdb.DuckDBPyConnection, unasked: Iterable[str], now: datetime) -> None:
    """Closes what was said of APIs, but for those that were not asked."""
    run(
        con,
        f"{_CLOSE} and origin = 'api' and identity not in (select unnest(?::varchar[]))",
        [now, list(unasked)],
    )


def record_of_alerts(
    con: duckdb.DuckDBPyConnection, rows: Iterable[ProblemRow], now: datetime
) -> None:
    """Takes up which channels could not be told, and closes what was said of others."""
    run(con, f"{_CLOSE} and origin = 'alert'", [now])
    record(con, rows, now)


def record_of_build(con: duckdb.DuckDBPyConnection, now: datetime) -> None:
    """Takes up what `core.build_problem` says, and closes what it says no longer."""
    run(con, f"{_CLOSE} and origin = 'build'", [now])
    found = run(
        con,
        "select source, location, problem, severity, detail, billing_period, 'build'"
        " from core.build_problem order by all",
    )
    record(con, [ProblemRow(*row) for row in found], now)


def close_files(
    con: duckdb.DuckDBPyConnection, source: str, locations: Iterable[str], now: datetime
) -> None:
    """Closes what was said of log files that are now read again."""
    run(
        con,
        f"{_CLOSE} and origin = 'trail' and source = ? and location in (select unnest(?::varchar[]))",
        [now, source, list(locations)],
    )


def close_load(
    con: duckdb.DuckDBPyConnection, source: str, period: str | None, now: datetime
) -> None:
    """Closes what was said of the delivery that is now being replaced."""
    run(
        con,
        f"{_CLOSE} and origin = 'load' and source = ?"
        " and (billing_period = ? or billing_period is null)",
        [now, source, period],
    )
