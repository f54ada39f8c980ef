"""Reads one CloudTrail log file: gzip or plain, wrapped in `Records` or bare, typed or odd.

Formats: CloudTrail user guide, "CloudTrail log file examples" and "Record contents"; the answer of
`aws cloudtrail lookup-events` saved to a file (`Events`, each with a `CloudTrailEvent` text) is read too.
A file is read in one typed pass; only what that refuses is looked at again, record by record.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec
from isal import isal_zlib

SAGEMAKER = "sagemaker.amazonaws.com"
# AWS caps a log file at 50 MB before compression.
_LARGEST = 256 * 1024 * 1024
_GZIP = b"\x1f\x8b"
# What is left behind the end of a member is copied: pieces keep a file of many small members linear.
_PIECE = 64 * 1024
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# A string, its end missing perhaps, or a bracket outside of strings; nothing is ever tried twice.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
# Python converts no longer integers than 4300 digits.
_LONGEST_INTEGER = 4000


Word = Annotated[str, msgspec.Meta(min_length=1)]


class Record(msgspec.Struct, gc=False):
    """One record as delivered; objects inside it stay JSON text. Every record has a source and a time."""

    eventSource: Word  # noqa: N815 - AWS's names
    eventTime: Word  # noqa: N815
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
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BadLogError("unreadable_trail_file", "cannot be read (it is no file)")
        if found.st_size > _LARGEST:
            raise _oversized("is larger", _LARGEST)
        data = path.read_bytes()
    except OSError as error:
        raise BadLogError("unreadable_trail_file", f"cannot be read ({error.strerror})") from error
    return parse_log(decompress(data) if data[:2] == _GZIP else data)


def _oversized(what: str, largest: int) -> BadLogError:
    what = f"{what} than {largest >> 20} MB, where AWS writes at most 50"
    return BadLogError("oversized_trail_file", what)


def decompress(data: bytes, largest: int = _LARGEST) -> bytes:
    """The bytes of every gzip member. Raises BadLogError for a damaged, cut or exploding file."""
    parts: list[bytes] = []
    room = largest
    member = isal_zlib.decompressobj(wbits=31)
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        while piece:
            if member.eof:
                piece = piece.lstrip(b"\0")
                member = isal_zlib.decompressobj(wbits=31) if piece else member
                continue
            try:
                parts.append(member.decompress(piece, room + 1))
            except isal_zlib.IsalError as error:  # type: ignore[misc]
                what = f"the gzip data is damaged ({error})"
                raise BadLogError("broken_trail_file", what) from error
            room -= len(parts[-1])
            if room < 0:
                raise _oversized("unpacks to more", largest)
            piece = member.unused_data
    if not member.eof:
        raise BadLogError("broken_trail_file", "the gzip data ends too early")
    return b"".join(parts)


def parse_log(body: bytes) -> Log:
    """The records of a file's text. Raises BadLogError where it is not JSON or no CloudTrail log."""
    if not body or body.isspace():
        raise BadLogError("broken_trail_file", "is empty")
    notices: list[tuple[str, str]] = []
    body = body.removeprefix(codecs.BOM_UTF8)
    if body.startswith(_UTF16):
        body = body.decode("utf-16", "replace").encode()
    if not body.isascii() and not _is_utf8(body):
        body = body.decode("utf-8", "replace").encode()
        notices.append(("invalid_utf8", "some text is not UTF-8; its bytes are shown as U+FFFD"))
    try:
        records = _typed(body)
    except (msgspec.DecodeError, RecursionError):
        records = None
    if records is None:
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
        items = _items(_loads(body))
    except RecursionError:
        items = [_parsed(part) for part in _split(body)]
    except ValueError as error:
        raise BadLogError("broken_trail_file", f"is not JSON ({error})") from None
    records = [record for item in items if (record := _record(item)) is not None]
    return records, len(items) - len(records)


def _nothing(_: str) -> None:
    return None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else None


def _float(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


# What JSON does not know, and numbers that Python does not, are null; bare control characters are text.
_loads = partial(
    json.loads, parse_constant=_nothing, parse_int=_integer, parse_float=_float, strict=False
)


def _parsed(part: bytes) -> Any:
    try:
        return _loads(part)
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
    if depth:
        raise BadLogError("broken_trail_file", "is not JSON (a bracket is never closed)")


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
    if isinstance(item, dict) and isinstance(item.get("CloudTrailEvent"), str | dict):
        item = _unwrapped(item)
    if not isinstance(item, dict) or not item.get("eventSource") or not item.get("eventTime"):
        return None
    fields: dict[str, Any] = {name: _text(item.get(name)) for name in _TEXT_FIELDS}
    fields |= {name: item[name] for name in _JSON_FIELDS if name in item}
    fields["readOnly"] = item["readOnly"] if isinstance(item.get("readOnly"), bool | str) else None
    try:
        given = {name: value for name, value in fields.items() if value is not None}
        return _RECORD.decode(_paired(json.dumps(given, ensure_ascii=False)))
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None


def _paired(text: str) -> str:
    """The text with half surrogate pairs, which no encoding can write, shown as U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _unwrapped(envelope: dict[str, Any]) -> dict[str, Any]:
    """The full record a LookupEvents answer carries as text; the envelope names what it lacks."""
    inner = envelope["CloudTrailEvent"]
    if isinstance(inner, str):
        try:
            inner = _loads(inner)
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
