"""Turns a trail's log files into Arrow tables, a batch of files at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from spaceledger.ahead import ahead
from spaceledger.errors import (
    SourceError,
)
from spaceledger.sources.cloudtrail import SAGEMAKER, BadLogError, Log, Record, read_log
from spaceledger.sources.log_files import LogFile
from spaceledger.sources.objects import ObjectStore

# A batch ends at whichever it reaches first.
_BATCH_FILES = 400
_BATCH_BYTES = 48 * 1024 * 1024
_BATCH_EVENTS = 20_000

_TEXT = pa.string()
EVENT_COLUMNS = pa.schema(
    [
        ("file_id", pa.int64()),
        ("record_number", pa.int32()),
        ("delivered_at", pa.timestamp("us")),
        ("event_time", _TEXT),
        ("event_name", _TEXT),
        ("event_id", _TEXT),
        ("shared_event_id", _TEXT),
        ("event_type", _TEXT),
        ("event_version", _TEXT),
        ("region", _TEXT),
        ("account_id", _TEXT),
        ("read_only", _TEXT),
        ("error_code", _TEXT),
        ("error_message", _TEXT),
        ("source_ip_address", _TEXT),
        ("user_agent", _TEXT),
        ("identity_text", _TEXT),
        ("request_text", _TEXT),
        ("response_text", _TEXT),
        ("addendum_text", _TEXT),
    ]
)
FILE_COLUMNS = pa.schema(
    [
        ("file_id", pa.int64()),
        ("object_key", _TEXT),
        ("size", pa.int64()),
        ("modified_ns", pa.int64()),
        ("etag", _TEXT),
        ("delivered_at", pa.timestamp("us")),
        ("event_count", pa.int64()),
        ("sagemaker_event_count", pa.int64()),
        ("problem", _TEXT),
    ]
)
COUNT_COLUMNS = pa.schema(
    [
        ("file_id", pa.int64()),
        ("account_id", _TEXT),
        ("region", _TEXT),
        ("event_day", _TEXT),
        ("event_source", _TEXT),
        ("event_count", pa.int64()),
        ("delivered_at", pa.timestamp("us")),
    ]
)


@dataclass(frozen=True)
class TrailBatch:
    """Some files read: tables of FILE_COLUMNS, EVENT_COLUMNS (SageMaker's) and COUNT_COLUMNS.

    `problems` are file name, problem, detail, and whether the whole file is set aside.
    """

    files: pa.Table
    events: pa.Table
    counts: pa.Table
    problems: tuple[tuple[str, str, str, bool], ...]


def read_batches(
    store: ObjectStore, files: Iterable[LogFile], landing: Path
) -> Iterator[TrailBatch]:
    """Reads files in batches, so that memory grows with the batch and not with the trail."""

    def produce(put: Callable[[TrailBatch], bool]) -> None:
        batch = _Batch()
        for file in files:
            try:
                batch.add(file, _log_of(store, file, landing))
            except BadLogError as error:
                batch.refuse(file, error)
            except SourceError as error:
                if error.is_of_the_whole:
                    raise
                # Not noted as read, so that the next run tries it again.
                batch.problems.append((file.name, "unfetched_trail_file", error.what, True))
            if batch.is_full:
                if not put(batch.finish()):
                    return
                batch = _Batch()
        if batch.files or batch.problems:
            put(batch.finish())

    return ahead(produce)


def _log_of(store: ObjectStore, file: LogFile, landing: Path) -> Log:
    """What a file holds. The copy of a remote one may have been damaged: it is fetched once more."""
    path = store.materialise(file.item, landing)
    try:
        return read_log(path)
    except BadLogError:
        if not store.is_remote:
            raise
        path.unlink(missing_ok=True)
        return read_log(store.materialise(file.item, landing))


@dataclass
class _Batch:
    files: list[tuple[object, ...]] = field(default_factory=list)
    events: list[tuple[int, int, datetime | None, Record]] = field(default_factory=list)
    counts: list[tuple[object, ...]] = field(default_factory=list)
    problems: list[tuple[str, str, str, bool]] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        return (
            len(self.files) >= _BATCH_FILES
            or self.size >= _BATCH_BYTES
            or len(self.events) >= _BATCH_EVENTS
        )

    def refuse(self, file: LogFile, error: BadLogError) -> None:
        self.problems.append((file.name, error.problem, error.what, True))
        self._note(file, Log([]), 0, error.problem)

    def add(self, file: LogFile, log: Log) -> None:
        self.problems += [(file.name, problem, detail, False) for problem, detail in log.notices]
        kept = [pair for pair in enumerate(log.records) if pair[1].eventSource == SAGEMAKER]
        file_id, delivered_at = file.file_id, file.delivered_at
        self.events += [(file_id, number, delivered_at, record) for number, record in kept]
        seen = Counter(
            [
                (r.recipientAccountId, r.awsRegion, r.eventTime[:10], r.eventSource)
                for r in log.records
            ]
        )
        if file.tells_of:
            seen[*file.tells_of, SAGEMAKER] += 0
        self.counts += [(file_id, *what, count, delivered_at) for what, count in seen.items()]
        self.size += sum(_weight(record) for _, record in kept)
        self._note(file, log, len(kept), None)

    def _note(self, file: LogFile, log: Log, kept: int, problem: str | None) -> None:
        item = file.item
        self.files.append(
            (file.file_id, file.name, item.size, file.modified_ns, item.etag,
             file.delivered_at, len(log.records), kept, problem)
        )  # fmt: skip

    def finish(self) -> TrailBatch:
        return TrailBatch(
            _table(self.files, FILE_COLUMNS),
            _event_table(self.events),
            _table(self.counts, COUNT_COLUMNS),
            tuple(self.problems),
        )


def _weight(record: Record) -> int:
    texts = record.requestParameters, record.responseElements
    return sum(memoryview(text).nbytes for text in texts) + 1500


def _event_table(events: list[tuple[int, int, datetime | None, Record]]) -> pa.Table:
    """Column by column: a tuple for each event would take as long as reading them."""
    records = [event[3] for event in events]
    columns: list[list[object]] = [[event[place] for event in events] for place in range(3)]
    columns += [
        [r.eventTime for r in records],
        [r.eventName for r in records],
        [r.eventID for r in records],
        [r.sharedEventID for r in records],
        [r.eventType for r in records],
        [r.eventVersion for r in records],
        [r.awsRegion for r in records],
        [r.recipientAccountId for r in records],
        [_word(r.readOnly) for r in records],
        [r.errorCode for r in records],
        [r.errorMessage for r in records],
        [r.sourceIPAddress for r in records],
        [r.userAgent for r in records],
        [_json(r.userIdentity) for r in records],
        [_json(r.requestParameters) for r in records],
        [_json(r.responseElements) for r in records],
        [_json(r.addendum) for r in records],
    ]
    arrays = [pa.array(column, f.type) for column, f in zip(columns, EVENT_COLUMNS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=EVENT_COLUMNS)


def _word(value: bool | str | None) -> str | None:
    return str(value).lower() if isinstance(value, bool) else value


def _json(raw: object) -> bytes | None:
    """JSON text, which is UTF-8 for sure; null for nothing and for JSON's null."""
    text = bytes(raw)  # type: ignore[call-overload]
    return text if len(text) > 4 or text not in {b"", b"null"} else None


def _table(rows: list[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(column, f.type) for column, f in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
