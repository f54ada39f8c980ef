"""Takes batches of CloudTrail records into `raw`: SageMaker's whole, those of other services counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import duckdb
import pyarrow as pa

from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run, value
from spaceledger.warehouse.current import Current

TRAIL_TABLES = ("trail_events", "trail_counts", "trail_files")


class EventTables(Protocol):
    """One batch as Arrow tables: files, SageMaker's events, and counts of all (see sources/trails.py)."""

    @property
    def files(self) -> pa.Table: ...  # noqa: D102
    @property
    def events(self) -> pa.Table: ...  # noqa: D102
    @property
    def counts(self) -> pa.Table: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class LoadedEvents:
    """What a batch brought: files and records read, SageMaker's among them, and odd times by file key."""

    file_count: int
    event_count: int
    sagemaker_event_count: int
    odd_times: tuple[tuple[str, int], ...]


def load_events(
    con: duckdb.DuckDBPyConnection,
    source: str,
    batches: Iterable[EventTables],
    now: datetime,
) -> Iterator[LoadedEvents]:
    """Loads each batch in a transaction of its own; what its files held before is replaced.

    `now` is UTC without a zone.
    """
    current: dict[str, Current] = {}
    is_planned = False
    for batch in batches:
        tables = {
            "batch_files": _marked(batch.files, source=source, read_at=now),
            "batch_events": _marked(batch.events, source=source),
            "batch_counts": _marked(batch.counts, source=source),
        }
        for name, table in tables.items():
            if name in current:
                current[name].rows = table
                continue
            current[name] = Current(table)
            con.register(name, current[name])
        if not is_planned:
            _prepare(con)
            is_planned = True
        run(con, "begin")
        try:
            loaded = _load(con)
        except BaseException:
            run(con, "rollback")
            raise
        run(con, "commit")
        yield loaded
    for name in current:
        con.unregister(name)


def _marked(table: pa.Table, **constants: object) -> pa.Table:
    for name, constant in constants.items():
        table = table.append_column(name, pa.repeat(pa.scalar(constant), table.num_rows))
    return table


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Plans the statements of every batch: planning one takes longer than running it."""
    again = "(source, file_id) in (select source, file_id from batch_files)"
    run(con, f"prepare count_again as select count(*) from raw.trail_files where {again}")
    for table in TRAIL_TABLES:
        query = (sql_dir() / "load" / f"{table}.sql").read_text(encoding="utf-8")
        run(con, f"prepare load_{table} as insert into raw.{table} by name {query}")
        run(con, f"prepare drop_{table} as delete from raw.{table} where {again}")
    odd = (sql_dir() / "load" / "trail_odd_times.sql").read_text(encoding="utf-8")
    run(con, f"prepare odd_times as {odd}")
    run(
        con,
        "prepare count_batch as select count(*), coalesce(sum(event_count), 0)::bigint,"
        " coalesce(sum(sagemaker_event_count), 0)::bigint from batch_files",
    )


def _load(con: duckdb.DuckDBPyConnection) -> LoadedEvents:
    if value(con, "execute count_again"):
        for table in TRAIL_TABLES:
            run(con, f"execute drop_{table}")
    for table in TRAIL_TABLES:
        run(con, f"execute load_{table}")
    odd = run(con, "execute odd_times")
    sums = run(con, "execute count_batch")[0]
    return LoadedEvents(sums[0], sums[1], sums[2], tuple(odd))


def forget_files(con: duckdb.DuckDBPyConnection, source: str, file_ids: Iterable[int]) -> None:
    """Forgets log files that were set aside, so that they are read where they come back."""
    run(
        con,
        "delete from raw.trail_files where source = ? and file_id in (select unnest(?::bigint[]))",
        [source, list(file_ids)],
    )
