"""The trail's part of a run: which log files are new, and their way into the work database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import ActivitySource
from spaceledger.sources.bills import Problem
from spaceledger.sources.objects import ObjectStore, open_store
from spaceledger.sources.trails import LogFile, TrailBatch, find_log_files, read_batches
from spaceledger.warehouse import tables
from spaceledger.warehouse.activity import forget_files, load_events
from spaceledger.warehouse.problems import ProblemRow, close_files, record
from spaceledger.warehouse.state import State

# Log files are small: fetching them is waiting.
_FETCHERS = 16


@dataclass(frozen=True)
class FreshLogs:
    """The log files of a trail that the ledger has not read yet, and those set aside that are gone."""

    source: ActivitySource
    store: ObjectStore
    files: tuple[LogFile, ...]
    gone: Mapping[int, str]  # file_id: key


class TrailRow(NamedTuple):
    """One trail that was read."""

    source: str
    file_count: int
    event_count: int
    sagemaker_event_count: int


def pull_logs(
    sources: Sequence[ActivitySource],
    state: State,
    *,
    again: bool,
    landing: Path,
    now: datetime,
    step: Callable[[str], None],
) -> tuple[tuple[FreshLogs, ...], tuple[Problem, ...]]:
    """New log files of every trail, or all of them `again`, and what is wrong with the trails.

    Days that the LookupEvents API is asked for are written to `landing` as they come.
    """
    fresh: list[FreshLogs] = []
    problems: list[Problem] = []
    for source in sources:
        known = set() if again else state.log_files.get(source.name, set())
        store: ObjectStore
        files: Sequence[LogFile]
        if source.uri is None:
            from spaceledger.sources.lookup import look_up

            looked_up = look_up(source, known, landing, now, step)
            store, files = looked_up.store, looked_up.files
            problems += looked_up.problems
        else:
            store = open_store(source.uri, {}, source)
            files, wrong = _listed(source, store)
            problems += wrong
        unread = tuple(file for file in files if file.version not in known)
        listed = {file.file_id for file in files}
        refused = state.refused_logs.get(source.name, {})
        gone = {file_id: key for file_id, key in refused.items() if file_id not in listed}
        # Files that could not be fetched are tried again beside new ones; alone they are no news.
        is_new = any(
            (source.name, store.address(file.name)) not in state.unfetched_logs for file in unread
        )
        if is_new or gone:
            fresh.append(FreshLogs(source, store, unread, gone))
    return tuple(fresh), tuple(problems)


def _listed(
    source: ActivitySource, store: ObjectStore
) -> tuple[list[LogFile], tuple[Problem, ...]]:
    files = find_log_files(store, source.start)
    if files:
        return files, ()
    return files, (Problem(
        source.name, store.address(""), "no_trail_files", "warning",
        "holds no CloudTrail log file; point uri at the folder that holds AWSLogs/",
    ),)  # fmt: skip


def fetch_logs(logs: FreshLogs, landing: Path) -> None:
    """Copies the log files of a remote trail to `landing`, many at once.

    A file that is refused is told of when it is read. Raises TransientSourceError where the source did
    not answer.
    """

    def fetch(file: LogFile) -> None:
        try:
            logs.store.materialise(file.item, landing)
        except TransientSourceError:
            raise
        except SourceError:
            return

    with ThreadPoolExecutor(_FETCHERS) as pool:
        for _ in pool.map(fetch, logs.files):
            pass


def load_logs(
    con: tables.Connection,
    logs: FreshLogs,
    landing: Path,
    now: datetime,
    step: Callable[[str], None],
) -> TrailRow:
    """Reads the log files of a trail into the work database. Bad files are problem rows."""
    name, address = logs.source.name, logs.store.address
    forget_files(con, name, logs.gone)
    names = [*(file.name for file in logs.files), *logs.gone.values()]
    close_files(con, name, [address(key) for key in names], now)
    waiting: list[TrailBatch] = []

    def noted() -> Iterator[TrailBatch]:
        for batch in read_batches(logs.store, logs.files, landing):
            waiting.append(batch)
            yield batch

    row = TrailRow(name, 0, 0, 0)
    for loaded in load_events(con, name, noted(), now):
        rows = [
            _problem(name, address(key), problem, what, is_refused)
            for key, problem, what, is_refused in waiting.pop().problems
        ]
        rows += [
            _problem(name, address(key), "bad_trail_times",
                     f"{count} records cannot have taken place when they say; they are set aside", False)
            for key, count in loaded.odd_times
        ]  # fmt: skip
        record(con, rows, now)
        row = TrailRow(
            name,
            row.file_count + loaded.file_count,
            row.event_count + loaded.event_count,
            row.sagemaker_event_count + loaded.sagemaker_event_count,
        )
        done = f"{row.file_count:,} of {len(logs.files):,} files, {row.event_count:,} events"
        step(f"load {name}: {done}")
    return row


def _problem(source: str, location: str, problem: str, what: str, is_refused: bool) -> ProblemRow:
    severity = "error" if is_refused else "notice" if problem == "invalid_utf8" else "warning"
    detail = f"{what}; the file is set aside, the others are read" if is_refused else what
    return ProblemRow(source, location, problem, severity, detail, None, "trail")
