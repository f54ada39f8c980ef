"""Finds a trail's log files and turns them into Arrow tables, a batch of files at a time."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa

from spaceledger.ahead import ahead
from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.sources.cloudtrail import SAGEMAKER, BadLogError, Log, Record, read_log
from spaceledger.sources.objects import ObjectStore, StoredObject

# What CloudTrail delivers beside its logs (CloudTrail user guide, "Finding your log files").
_NO_LOGS = re.compile(r"(^|/|_)CloudTrail-(Digest|Insight|NetworkActivity|Aggregated)(/|_)")
_DAY = re.compile(r"(?:^|/)(\d{4})/(\d\d)/(\d\d)/[^/]+$")
_MINUTE = re.compile(r"_CloudTrail_[a-z0-9-]+_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_")
_LOG_ENDINGS = (".json", ".json.gz")

# A batch ends at whichever it reaches first.
_BATCH_FILES = 400
_BATCH_BYTES = 48 * 1024 * 1024
_BATCH_EVENTS = 20_000

# file_id, size, and the ETag or the time of writing.
FileVersion = tuple[int, int, str]

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


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log file as listed, and when CloudTrail delivered it (UTC, from its key; None where unsaid).

    `tells_of`: the account, region and day that it tells all SageMaker calls of, though there be none.
    """

    item: StoredObject
    delivered_at: datetime | None
    tells_of: tuple[str, str, str] | None = None

    @property
    def name(self) -> str:
        """The key as text that a table can hold: bytes that are no UTF-8 are shown as U+FFFD."""
        return self.item.key.encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    @property
    def file_id(self) -> int:
        """A number that stands for the key."""
        digest = hashlib.blake2b(self.item.key.encode("utf-8", "surrogateescape"), digest_size=8)
        return int.from_bytes(digest.digest(), signed=True)

    @property
    def modified_ns(self) -> int:
        """When it was last written, as far as 64 bits tell: a file system may say any year."""
        return max(-(2**63), min(self.item.modified_ns, 2**63 - 1))

    @property
    def version(self) -> FileVersion:
        """What is equal for a file that was read already."""
        return self.file_id, self.item.size, self.item.etag or str(self.modified_ns)


@dataclass(frozen=True)
class TrailBatch:
    """Some files read: tables of FILE_COLUMNS, EVENT_COLUMNS (SageMaker's) and COUNT_COLUMNS.

    `problems` are file name, problem, detail, and whether the whole file is set aside.
    """

    files: pa.Table
    events: pa.Table
    counts: pa.Table
    problems: tuple[tuple[str, str, str, bool], ...]


def find_log_files(store: ObjectStore, start: date | None = None) -> list[LogFile]:
    """The log files of a trail delivered on or after `start`, in key order.

    Below `AWSLogs/` only CloudTrail's own folders count, elsewhere every JSON file does. An unpacked
    copy beside its packed file is left out. Raises SourceError where the place cannot be read.
    """
    items = [item for item in store.list() if _is_log(item.key)]
    packed = {item.key for item in items if item.key.endswith(".gz")}
    files = []
    for item in items:
        day = _day_of(item.key)
        if f"{item.key}.gz" not in packed and not (start and day and day < start):
            files.append(LogFile(item, _delivered_at(item.key)))
    return files


def _is_log(key: str) -> bool:
    if not key.endswith(_LOG_ENDINGS) or _NO_LOGS.search(key):
        return False
    _, is_below, rest = f"/{key}".rpartition("/AWSLogs/")
    return not is_below or "/CloudTrail/" in f"/{rest}"


def _day_of(key: str) -> date | None:
    found = _DAY.search(key)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _delivered_at(key: str) -> datetime | None:
    """The minute the file's name tells, or else the end of its folder's day."""
    found = _MINUTE.search(key)
    try:
        if found:
            year, month, day, hour, minute = map(int, found.groups())
            return datetime(year, month, day, hour, minute)
    except ValueError:
        pass
    folder = _day_of(key)
    return datetime.combine(folder, time(23, 59)) if folder else None


def read_batches(
    store: ObjectStore, files: Iterable[LogFile], landing: Path
) -> Iterator[TrailBatch]:
    """Reads files in batches, so that memory grows with the batch and not with the trail."""

    def produce(put: Callable[[TrailBatch], bool]) -> None:
        batch = _Batch()
        for file in files:
            try:
                batch.add(file, store.materialise(file.item, landing))
            except TransientSourceError:
                raise
            except SourceError as error:
                # Not noted as read, so that the next run tries it again.
                batch.problems.append((file.name, "unfetched_trail_file", error.what, True))
            if batch.is_full:
                if not put(batch.finish()):
                    return
                batch = _Batch()
        if batch.files or batch.problems:
            put(batch.finish())

    return ahead(produce)


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

    def add(self, file: LogFile, path: Path) -> None:
        try:
            log = read_log(path)
        except BadLogError as error:
            self.problems.append((file.name, error.problem, error.what, True))
            self._note(file, Log([]), 0, error.problem)
            return
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
