"""Read CloudTrail log files into plain records, with the standard library alone.

Rules: AWS facts 8.1, 8.2, 8.5; design section 2 ("Activity").
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]
SAGEMAKER = "sagemaker.amazonaws.com"
_SKIPPED = ("CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-NetworkActivity",
            "CloudTrail-Aggregated")  # fmt: skip


@dataclass
class Trail:
    """What a folder of log files holds, before anything is known twice."""

    records: list[Record] = field(default_factory=list)
    refused_files: list[str] = field(default_factory=list)  # no JSON, or no log file's shape
    without_time: int = 0  # records that do not say when
    file_count: int = 0


def read_trail(folder: Path) -> Trail:
    """Every record of the log files below a folder; of `x.json` and `x.json.gz` only one is read."""
    trail = Trail()
    for path in _log_files(folder):
        body = path.read_bytes()
        try:
            text = gzip.decompress(body) if path.suffix == ".gz" else body
            found = _records(json.loads(text))
        except (ValueError, OSError, EOFError):
            trail.refused_files.append(path.name)
            continue
        trail.file_count += 1
        for record in found:
            if isinstance(record.get("eventTime"), str):
                trail.records.append(record)
            else:
                trail.without_time += 1
    return trail


def _log_files(folder: Path) -> list[Path]:
    by_name: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.json*")):
        relative = path.relative_to(folder).as_posix()
        if any(name in relative for name in _SKIPPED) or path.suffix not in {".json", ".gz"}:
            continue
        by_name.setdefault(relative.removesuffix(".gz"), path)
    return list(by_name.values())


def _records(document: object) -> Iterator[Record]:
    """A `Records` wrapper, a bare array, an answer of LookupEvents, or one record."""
    if isinstance(document, dict):
        for key in ("Records", "Events"):
            if key in document:
                document = document[key]
                break
    for item in document if isinstance(document, list) else [document]:
        if not isinstance(item, dict):
            raise json.JSONDecodeError("not a record", str(item), 0)
        envelope = item.get("CloudTrailEvent")
        yield json.loads(envelope) if isinstance(envelope, str) else item


def moment(record: Record) -> datetime:
    """When the call was made, UTC."""
    return datetime.fromisoformat(record["eventTime"]).astimezone(UTC)


def distinct(records: Iterable[Record]) -> list[Record]:
    """Each call once: by `coalesce(sharedEventID, eventID)`, an addendum in place of its original.

    Of the copies that several accounts were told of, the caller's own account's is kept.
    """
    copies: dict[str, list[Record]] = {}
    key_of: dict[str, str] = {}
    corrections: list[Record] = []
    for record in records:
        if _original(record):
            corrections.append(record)
            continue
        key = _key(record)
        copies.setdefault(key, []).append(record)
        if record.get("eventID"):
            key_of[record["eventID"]] = key
    kept = {key: min(group, key=_rank) for key, group in copies.items()}
    for correction in sorted(corrections, key=lambda r: (r["eventTime"], str(r.get("eventID")))):
        key = key_of.get(_original(correction) or "", _original(correction) or "")
        kept[key] = correction
        key_of[str(correction.get("eventID"))] = key
    return sorted(kept.values(), key=lambda record: (moment(record), _key(record)))


def _key(record: Record) -> str:
    return str(record.get("sharedEventID") or record.get("eventID") or json.dumps(record))


def _original(record: Record) -> str | None:
    addendum = record.get("addendum")
    return addendum.get("originalEventID") if isinstance(addendum, dict) else None


def _rank(record: Record) -> tuple[bool, str]:
    caller = (record.get("userIdentity") or {}).get("accountId")
    return caller != record.get("recipientAccountId"), json.dumps(record, sort_keys=True)
