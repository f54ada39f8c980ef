"""Reads one CloudTrail log file: gzip or plain, wrapped in `Records` or bare, typed or odd.

Formats: CloudTrail user guide, "CloudTrail log file examples" and "Record contents"; the answer of
`aws cloudtrail lookup-events` saved to a file (`Events`, each with a `CloudTrailEvent` text) is read too.
A file is read in one typed pass; only what that refuses is looked at again, record by record.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from isal import isal_zlib

SAGEMAKER = "sagemaker.amazonaws.com"
# AWS caps a log file at 50 MB before compression.
_LARGEST = 256 * 1024 * 1024
_GZIP = b"\x1f\x8b"
# A string, or a bracket outside of strings.
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class Record(msgspec.Struct, gc=False):
    """One record as delivered; objects inside it stay JSON text."""

    eventSource: str = ""  # noqa: N815 - AWS's names
    eventTime: str = ""  # noqa: N815
    eventName: str = ""  # noqa: N815
    eventID: str | None = None  # noqa: N815
    sharedEventID: str | None = None  # noqa: N815
    eventType: str | None = None  # noqa: N815
    eventVersion: str | None = None  # noqa: N815
    awsRegion: str | None = None  # noqa: N815
    recipientAccountId: str | None = None  # noqa: N815
    readOnly: bool | str | None = None  # noqa: N815
    errorCode: str | None = None  # noqa: N815
    errorMessage: str | None = None  # noqa: N815
    sourceIPAddress: str | None = None  # noqa: N815
    userAgent: str | None = None  # noqa: N815
    userIdentity: msgspec.Raw = msgspec.Raw(b"")  # noqa: N815
    requestParameters: msgspec.Raw = msgspec.Raw(b"")  # noqa: N815
    responseElements: msgspec.Raw = msgspec.Raw(b"")  # noqa: N815
    addendum: msgspec.Raw = msgspec.Raw(b"")
    CloudTrailEvent: str | None = None


class _Log(msgspec.Struct):
    Records: list[Record] | None = None
    Events: list[Record] | None = None


_JSON_FIELDS = ("userIdentity", "requestParameters", "responseElements", "addendum")
_TEXT_FIELDS = tuple(
    name for name in Record.__struct_fields__ if name not in (*_JSON_FIELDS, "readOnly")
)
_LOG = msgspec.json.Decoder(_Log)
_RECORDS = msgspec.json.Decoder(list[Record])
_RECORD = msgspec.json.Decoder(Record)


class BadLogError(Exception):
    """A file that cannot be used: a short name of the problem, and what is wrong in words."""

    def __init__(self, problem: str, what: str) -> None:
        self.problem = problem
        self.what = what
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Log:
    """The records of a file in its order, and what had to be mended or set aside to read them."""

    records: list[Record]
    notices: tuple[tuple[str, str], ...] = ()  # problem, detail


def read_log(path: Path) -> Log:
    """The records of a file. Raises BadLogError where it is broken, too large or no CloudTrail log."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadLogError("unreadable_trail_file", f"cannot be read ({error.strerror})") from error
    return parse_log(decompress(data) if data[:2] == _GZIP else data)


def decompress(data: bytes, largest: int = _LARGEST) -> bytes:
    """The bytes of every gzip member. Raises BadLogError for a damaged, cut or exploding file."""
    parts: list[bytes] = []
    room = largest
    while data:
        member = isal_zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(data, room + 1))
        except isal_zlib.IsalError as error:  # type: ignore[misc]
            raise BadLogError("broken_trail_file", f"the gzip data is damaged ({error})") from error
        room -= len(parts[-1])
        if room < 0:
            what = f"unpacks to more than {largest >> 20} MB, where AWS writes at most 50"
            raise BadLogError("oversized_trail_file", what)
        if not member.eof:
            raise BadLogError("broken_trail_file", "the gzip data ends too early")
        data = member.unused_data.lstrip(b"\0")
    return b"".join(parts)


def parse_log(body: bytes) -> Log:
    """The records of a file's text. Raises BadLogError where it is not JSON or no CloudTrail log."""
    notices: list[tuple[str, str]] = []
    if not body.isascii() and not _is_utf8(body):
        body = body.decode("utf-8", "replace").encode()
        notices.append(("invalid_utf8", "some text is not UTF-8; its bytes are shown as U+FFFD"))
    try:
        records = _typed(body)
    except (msgspec.DecodeError, RecursionError):
        records = None
    if records is None or any(not record.eventSource or not record.eventTime for record in records):
        records, odd = _one_by_one(body)
        if odd:
            what = f"{odd} of {odd + len(records)} records have no readable time, source or fields"
            notices.append(("bad_trail_records", f"{what}; they are set aside"))
    return Log(records, tuple(notices))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _typed(body: bytes) -> list[Record] | None:
    """The quick way; None where there is neither a list nor a wrapper that holds one."""
    if body.lstrip()[:1] == b"[":
        return _RECORDS.decode(body)
    log = _LOG.decode(body)
    return log.Records if log.Records is not None else log.Events


def _one_by_one(body: bytes) -> tuple[list[Record], int]:
    """Every record that can be read on its own, and how many cannot. Takes NaN for null."""
    try:
        items = _items(json.loads(body, parse_constant=_nothing))
    except RecursionError:
        items = [_parsed(part) for part in _split(body)]
    except ValueError as error:
        raise BadLogError("broken_trail_file", f"is not JSON ({error})") from None
    records = [record for item in items if (record := _record(item)) is not None]
    return records, len(items) - len(records)


def _nothing(_: str) -> None:
    return None


def _parsed(part: bytes) -> Any:
    try:
        return json.loads(part, parse_constant=_nothing)
    except (ValueError, RecursionError):
        return None


def _split(body: bytes) -> Iterator[bytes]:
    """The records of a file too deep for a parser, found by their brackets alone."""
    outer = 1 if body.lstrip()[:1] == b"[" else 2
    depth, start = 0, 0
    for token in _TOKEN.finditer(body):
        mark = token[0]
        if mark in b"[{":
            if depth == outer:
                start = token.start()
            depth += 1
        elif mark in b"]}":
            depth -= 1
            if depth == outer:
                yield body[start : token.end()]


def _items(parsed: Any) -> list[Any]:
    if isinstance(parsed, dict):
        for name in ("Records", "Events"):
            if isinstance(parsed.get(name), list):
                return list(parsed[name])
        if "digestStartTime" in parsed:
            raise BadLogError("not_a_trail_file", "is a digest, not a log")
        return [parsed] if {"eventSource", "CloudTrailEvent"} & set(parsed) else _refuse()
    return parsed if isinstance(parsed, list) else _refuse()


def _refuse() -> list[Any]:
    raise BadLogError("not_a_trail_file", "holds no CloudTrail records")


def _record(item: Any) -> Record | None:
    """A record out of parsed JSON, odd types as text; None without a time or a source."""
    if isinstance(item, dict) and isinstance(item.get("CloudTrailEvent"), str):
        item = _unwrapped(item)
    if not isinstance(item, dict) or not item.get("eventSource") or not item.get("eventTime"):
        return None
    fields: dict[str, Any] = {name: _text(item.get(name)) for name in _TEXT_FIELDS}
    fields |= {name: item[name] for name in _JSON_FIELDS if name in item}
    fields["readOnly"] = item["readOnly"] if isinstance(item.get("readOnly"), bool | str) else None
    try:
        return _RECORD.decode(json.dumps({k: v for k, v in fields.items() if v is not None}))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def _unwrapped(envelope: dict[str, Any]) -> dict[str, Any]:
    """The full record a LookupEvents answer carries as text; the envelope names what it lacks."""
    try:
        inner = json.loads(envelope["CloudTrailEvent"], parse_constant=_nothing)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(inner, dict):
        return {}
    outer = {"eventID": "EventId", "eventName": "EventName", "eventSource": "EventSource"}
    return {name: envelope.get(other) for name, other in outer.items()} | inner


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
