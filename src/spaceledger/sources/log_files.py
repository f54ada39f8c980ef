"""Finds a trail's log files: which objects are logs, from when, and in which folders they lie."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from posixpath import dirname

from spaceledger.sources.folders import list_by_region
from spaceledger.sources.objects import ObjectStore, StoredObject

# What CloudTrail delivers beside its logs (CloudTrail user guide, "Finding your log files").
_NO_LOGS = re.compile(r"(^|/|_)CloudTrail-(Digest|Insight|NetworkActivity|Aggregated)(/|_)")
_DAY = re.compile(r"(?:^|/)(\d{4})/(\d\d)/(\d\d)/[^/]+$")
_MINUTE = re.compile(r"_CloudTrail_[a-z0-9-]+_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_")
_LOG_ENDINGS = (".json", ".json.gz")

# file_id, size, and the ETag or the time of writing.
FileVersion = tuple[int, int, str]


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


def find_log_files(
    store: ObjectStore,
    start: date | None = None,
    folders: tuple[str, ...] | None = None,
    first_days: Mapping[str, date] | None = None,
) -> Iterator[LogFile]:
    """The log files of a trail delivered on or after `start`; of one folder they come in key order.

    Below `AWSLogs/` only CloudTrail's own folders count, elsewhere every JSON file does. An unpacked
    copy beside its packed file is left out. Where region `folders` are given only those are listed, each
    from its first day in `first_days` on. Raises SourceError where the place cannot be read.
    """
    for item in _packed_first(_listed(store, start, folders, first_days or {})):
        day = _day_of(item.key) if start else None
        if not (start and day and day < start):
            yield log_file_of(item)


def log_file_of(item: StoredObject, tells_of: tuple[str, str, str] | None = None) -> LogFile:
    """The log file that an object is."""
    return LogFile(item, _delivered_at(item.key), tells_of)


def _listed(
    store: ObjectStore,
    start: date | None,
    folders: tuple[str, ...] | None,
    first_days: Mapping[str, date],
) -> Iterator[StoredObject]:
    if folders is None:
        return (item for item in store.list() if _is_log(item.key))
    days = {folder: first_days.get(folder, start) for folder in folders}
    known = {folder: max(day, start or day) for folder, day in days.items() if day}
    return (item for item in list_by_region(store, folders, known) if _is_log(item.key))


def _packed_first(items: Iterable[StoredObject]) -> Iterator[StoredObject]:
    """Without the unpacked files that lie beside their packed ones."""
    waiting: dict[str, list[StoredObject]] = {}
    for item in items:
        folder = dirname(item.key)
        held = waiting.pop(folder, [])
        still = [each for each in held if f"{each.key}.gz" > item.key]
        yield from (each for each in held if f"{each.key}.gz" < item.key)
        if item.key.endswith(".gz"):
            yield item
        else:
            still.append(item)
        if still:
            waiting[folder] = still
    for held in waiting.values():
        yield from held


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
