"""The trail's part of a run: which log files are new, and their way into the work database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

from spaceledger.ahead import in_groups, shared
from spaceledger.errors import SourceError
from spaceledger.settings import ActivitySource
from spaceledger.sources.bills import Problem
from spaceledger.sources.folders import WORKERS, region_folders
from spaceledger.sources.log_files import LogFile, find_log_files, log_file_of
from spaceledger.sources.objects import ObjectStore, StoredObject, open_store
from spaceledger.sources.trails import TrailBatch, read_batches
from spaceledger.spool import Spool
from spaceledger.warehouse import tables
from spaceledger.warehouse.activity import forget_files, load_events
from spaceledger.warehouse.known_logs import KnownLogs, KnownVersions, known_logs
from spaceledger.warehouse.problems import ProblemRow, close_files, record

# So many files that could not be fetched before are asked for by name, wherever they lie.
_ASKED_AGAIN = 1000
_COMPARED_TOGETHER = 2_000


@dataclass
class LogFiles:
    """Log files in the order they were found, kept out of memory: a trail may have millions."""

    total_bytes: int = 0
    _rows: Spool = field(default_factory=Spool)

    def append(self, file: LogFile) -> None:
        """Adds one."""
        item = file.item
        self._rows.append([item.key, item.size, item.modified_ns, item.etag, file.tells_of])
        self.total_bytes += item.size

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[LogFile]:
        for key, size, modified_ns, etag, tells_of in self._rows:
            item = StoredObject(str(key), cast(int, size), cast(int, modified_ns), str(etag))
            told = cast("list[str] | None", tells_of)
            yield log_file_of(item, (told[0], told[1], told[2]) if told else None)


@dataclass(frozen=True)
class FreshLogs:
    """The log files of a trail that the ledger has not read yet, and those set aside that are gone."""

    source: ActivitySource
    store: ObjectStore
    files: LogFiles
    gone: Mapping[int, str]  # file_id: key
    is_news: bool  # False where there are only files that could not be fetched before


class TrailRow(NamedTuple):
    """One trail that was read."""

    source: str
    file_count: int
    event_count: int
    sagemaker_event_count: int


@dataclass(frozen=True)
class TrailPull:
    """What a pull of trails looks at: the ledger, the moment, and since when all is listed again."""

    ledger: Path
    landing: Path
    now: datetime
    unfetched: frozenset[tuple[str, str]]  # trail, address
    again: bool = False
    since: date | None = None
    step: Callable[[str], None] = lambda _: None


def pull_logs(
    sources: Sequence[ActivitySource], asked: TrailPull
) -> tuple[tuple[FreshLogs, ...], tuple[Problem, ...]]:
    """New log files of every trail, or all of them `again`, and what is wrong with the trails.

    Days that the LookupEvents API is asked for are written to `landing` as they come.
    """
    fresh: list[FreshLogs] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            found, wrong = _pull_trail(source, asked) if source.uri else _look_up(source, asked)
        except SourceError as error:
            if error.is_of_the_whole or not (source.uri or "").startswith("s3://"):
                raise
            # Bills do not wait for a trail that is refused.
            found, wrong = None, (_refused(source, error),)
        problems += wrong
        if found:
            fresh.append(found)
    return tuple(fresh), tuple(problems)


def _refused(source: ActivitySource, error: SourceError) -> Problem:
    return Problem(
        source.name,
        error.where,
        "refused",
        "error",
        f"{error.what}; what was read before stands - {error.todo}",
    )


def _look_up(
    source: ActivitySource, asked: TrailPull
) -> tuple[FreshLogs | None, tuple[Problem, ...]]:
    # boto3 takes its time to import: only where something is asked.
    from spaceledger.sources.kept_days import OPEN
    from spaceledger.sources.lookup import look_up

    known = _known(source, asked, everything=True, with_marks=True)
    marks = {} if asked.again else known.marks
    told = look_up(source, marks, asked.landing, asked.now, asked.step)
    # A whole day that was set aside is not asked for again, and so is not gone.
    whole = {file_id for file_id, mark in marks.items() if not mark.startswith(OPEN)}
    refused = {file_id: key for file_id, key in known.refused.items() if file_id not in whole}
    known = replace(known, refused=refused)
    return _fresh(source, told.store, told.files, known, asked)[0], told.problems


def _pull_trail(
    source: ActivitySource, asked: TrailPull
) -> tuple[FreshLogs | None, tuple[Problem, ...]]:
    store = open_store(source.uri or "", {}, source)
    folders = region_folders(store, source.regions)
    known = _known(source, asked, everything=asked.again or folders is None)
    files = _files_of(source, store, asked, known, folders)
    found, has_files = _fresh(source, store, files, known, asked)
    if has_files or len(known.versions):
        return found, ()
    return found, (Problem(
        source.name, store.address(""), "no_trail_files", "warning",
        "holds no CloudTrail log file; point uri at the folder that holds AWSLogs/",
    ),)  # fmt: skip


def _known(
    source: ActivitySource, asked: TrailPull, *, everything: bool, with_marks: bool = False
) -> KnownLogs:
    return known_logs(
        asked.ledger,
        source.name,
        address=source.address,
        start=source.start,
        today=asked.now.date(),
        since=asked.since,
        everything=everything,
        with_marks=with_marks,
    )


def _fresh(
    source: ActivitySource,
    store: ObjectStore,
    found: Iterable[LogFile],
    known: KnownLogs,
    asked: TrailPull,
) -> tuple[FreshLogs | None, bool]:
    """What of the files found is new, None where nothing is; and whether any was found at all."""
    versions = KnownVersions() if asked.again else known.versions
    files = LogFiles()
    gone = dict(known.refused)
    is_new = has_files = False
    for group in in_groups(found, _COMPARED_TOGETHER):
        has_files = True
        for file, is_lacking in zip(
            group, versions.lack([file.version for file in group]), strict=True
        ):
            gone.pop(file.file_id, None)
            if is_lacking:
                files.append(file)
                is_new = is_new or (source.name, store.address(file.name)) not in asked.unfetched
    if len(files) or gone:
        return FreshLogs(source, store, files, gone, is_new or bool(gone)), has_files
    return None, has_files


def _files_of(
    source: ActivitySource,
    store: ObjectStore,
    asked: TrailPull,
    known: KnownLogs,
    folders: tuple[str, ...] | None,
) -> Iterator[LogFile]:
    waiting = _waiting(source, store, asked)
    for file in find_log_files(store, source.start, folders, known.first_days):
        waiting.discard(file.item.key)
        yield file
    yield from shared(_some(sorted(waiting), asked.now), partial(_by_name, store), WORKERS)


def _some(keys: list[str], now: datetime) -> list[str]:
    """A thousand of many, other ones each hour, so that all have their turn."""
    first = int(now.timestamp() // 3600) * _ASKED_AGAIN % max(len(keys), 1)
    return (keys[first:] + keys[:first])[:_ASKED_AGAIN]


def _by_name(store: ObjectStore, key: str) -> Iterator[LogFile]:
    item = next(store.list(key), None)
    if item and item.key == key:
        yield log_file_of(item)


def _waiting(source: ActivitySource, store: ObjectStore, asked: TrailPull) -> set[str]:
    """Keys that could not be fetched before: the days they lie in may be closed by now."""
    if not store.is_remote:
        return set()
    top = store.address("")
    return {
        address.removeprefix(top)
        for name, address in asked.unfetched
        if name == source.name and address.startswith(top)
    }


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
    close_files(con, name, [address(key) for key in logs.gone.values()], now)
    waiting: list[TrailBatch] = []

    def noted() -> Iterator[TrailBatch]:
        for batch in read_batches(logs.store, logs.files, landing):
            waiting.append(batch)
            yield batch

    row = TrailRow(name, 0, 0, 0)
    for loaded in load_events(con, name, noted(), now):
        batch = waiting.pop()
        names = [
            *batch.files.column("object_key").to_pylist(),
            *(each[0] for each in batch.problems),
        ]
        close_files(con, name, [address(key) for key in names], now)
        rows = [
            _problem(name, address(key), problem, what, is_refused)
            for key, problem, what, is_refused in batch.problems
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
