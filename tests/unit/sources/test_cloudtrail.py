"""Log files as CloudTrail writes them, and as chance and strangers do: a record is read or told of."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spaceledger.sources.cloudtrail import BadLogError, Log, Record, decompress, parse_log, read_log
from tests.trails import record

MEGABYTE = 1 << 20


def lookup_answer(records: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What `aws cloudtrail lookup-events` prints."""
    return {
        "Events": [
            {
                "EventId": one.get("eventID"),
                "EventName": one.get("eventName"),
                "ReadOnly": "false",
                "EventTime": "2026-09-01T12:00:00+02:00",
                "EventSource": one.get("eventSource"),
                "Username": "ana",
                "Resources": [],
                "CloudTrailEvent": json.dumps(one),
            }
            for one in records
        ]
    }


WRAPPINGS: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "Records": lambda records: {"Records": records},
    "bare array": lambda records: records,
    "lookup answer": lookup_answer,
    "lookup answer with parsed events": lambda records: {
        "Events": [{"EventId": one.get("eventID"), "CloudTrailEvent": one} for one in records]
    },
    "something before Records": lambda records: {"a": [{}], "b": None, "Records": records},
}


def read_bytes(tmp_path: Path, body: bytes) -> Log:
    path = tmp_path / "log.json.gz"
    path.write_bytes(body)
    return read_log(path)


def with_second(text: str) -> bytes:
    """A good record, and one that ends with this text."""
    second = json.dumps(record("event-2"))[:-1]
    return f'{{"Records": [{json.dumps(record())}, {second}, {text}}}]}}'.encode()


def ids(log: Log) -> list[str | None]:
    return [one.eventID for one in log.records]


def parsed(raw: object) -> Any:
    return json.loads(bytes(raw) or "null")  # type: ignore[call-overload]


# What CloudTrail and people wrap records in


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_records_are_read_from_every_wrapping(wrapping: str) -> None:
    body = json.dumps(WRAPPINGS[wrapping]([record("one"), record("two", readOnly="true")]))
    log = parse_log(body.encode())
    assert ids(log) == ["one", "two"]
    first, second = log.records
    assert first.eventName == "CreateApp"
    assert (first.readOnly, second.readOnly) == (False, "true")
    assert parsed(first.requestParameters) == record()["requestParameters"]
    assert parsed(first.userIdentity) == record()["userIdentity"]
    assert parsed(first.responseElements) is None
    assert log.notices == ()


def test_a_single_record_is_read() -> None:
    assert ids(parse_log(json.dumps(record()).encode())) == ["event-1"]


def test_a_single_event_of_a_lookup_answer_is_read() -> None:
    body = json.dumps(lookup_answer([record()])["Events"][0])
    assert ids(parse_log(body.encode())) == ["event-1"]


def test_the_envelope_of_a_lookup_answer_names_what_its_record_lacks() -> None:
    bare = {"eventTime": "2026-09-01T10:00:00Z"}
    event = lookup_answer([record()])["Events"][0] | {"CloudTrailEvent": json.dumps(bare)}
    one = parse_log(json.dumps({"Events": [event]}).encode()).records[0]
    assert (one.eventID, one.eventName) == ("event-1", "CreateApp")
    assert one.eventSource == "sagemaker.amazonaws.com"


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "{}", "[" * 100_000])
def test_an_event_that_carries_no_record_is_lost_alone(text: str) -> None:
    answer = lookup_answer([record("one"), record("two"), record("three")])
    answer["Events"][1] = {"EventId": "two", "CloudTrailEvent": text}
    log = parse_log(json.dumps(answer).encode())
    assert ids(log) == ["one", "three"]
    assert [problem for problem, _ in log.notices] == ["bad_trail_records"]


@pytest.mark.parametrize(
    "body", [b"[]", b'{"Records": []}', b'{"Events": []}', b' \n{"Records":[]}\n']
)
def test_a_log_without_records_is_empty_and_good(body: bytes) -> None:
    assert parse_log(body) == Log([])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_that_a_windows_shell_wrote_is_read(encoding: str) -> None:
    body = json.dumps(lookup_answer([record(userAgent="ä")]), ensure_ascii=False).encode(encoding)
    assert parse_log(body).records[0].userAgent == "ä"


# What is no log


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "broken_trail_file"),
        (b" \n ", "broken_trail_file"),
        (b"\0" * 100, "broken_trail_file"),
        (b"\x1f", "broken_trail_file"),
        (b"this is no JSON", "broken_trail_file"),
        (b'{"Records": [', "broken_trail_file"),
        (json.dumps([record()]).encode()[:-1], "broken_trail_file"),
        (json.dumps(record()).encode() + b"\n" + json.dumps(record()).encode(), "broken_trail_file"),
        (b"PK\x03\x04 a ZIP", "broken_trail_file"),
        (b"null", "not_a_trail_file"),
        (b"17", "not_a_trail_file"),
        (b'"Records"', "not_a_trail_file"),
        (b"{}", "not_a_trail_file"),
        (b'{"Records": null}', "not_a_trail_file"),
        (b'{"Records": {"0": {}}}', "not_a_trail_file"),
        (b'{"Records": "x"}', "not_a_trail_file"),
        (b'{"configurationItems": [{"resourceId": "x"}]}', "not_a_trail_file"),
        (b'{"awsAccountId": "0", "digestStartTime": "x", "logFiles": [{}]}', "not_a_trail_file"),
        (b'{"Records":' + b"[" * 100_000, "broken_trail_file"),
        (b"[" * 100_000 + b"]" * 99_999, "broken_trail_file"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused(body: bytes, problem: str) -> None:
    with pytest.raises(BadLogError) as caught:
        parse_log(body)
    assert caught.value.problem == problem
    assert "\n" not in caught.value.what


def test_a_digest_is_called_one() -> None:
    with pytest.raises(BadLogError, match="is a digest, not a log"):
        parse_log(b'{"digestStartTime": "2026-09-01T00:00:00Z", "logFiles": []}')


def test_a_file_that_is_gone_or_is_no_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    for path in (tmp_path / "gone.json", tmp_path, pipe):
        with pytest.raises(BadLogError, match="cannot be read") as caught:
            read_log(path)
        assert caught.value.problem == "unreadable_trail_file"


def test_a_file_larger_than_any_log_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(BadLogError) as caught:
        read_log(path)
    assert caught.value.problem == "oversized_trail_file"


# gzip

LONG = json.dumps({"Records": [record(str(number)) for number in range(400)]}).encode()


def test_a_packed_log_is_read(tmp_path: Path) -> None:
    assert len(read_bytes(tmp_path, gzip.compress(LONG)).records) == 400


def test_a_log_of_several_gzip_members_is_read(tmp_path: Path) -> None:
    members = [gzip.compress(LONG[at : at + 1000]) for at in range(0, len(LONG), 1000)]
    assert len(read_bytes(tmp_path, b"".join(members)).records) == 400


def test_zeros_between_and_behind_gzip_members_are_padding(tmp_path: Path) -> None:
    padding = b"\0" * 70_000
    body = gzip.compress(LONG[:500]) + padding + gzip.compress(LONG[500:]) + padding
    assert len(read_bytes(tmp_path, body).records) == 400


def test_bytes_of_any_length_unpack_to_themselves() -> None:
    body = random.Random(1).randbytes(3 * MEGABYTE)
    assert decompress(gzip.compress(body, 1)) == body
    members = b"".join(gzip.compress(body[at : at + 4099], 1) for at in range(0, len(body), 4099))
    assert decompress(members) == body


@pytest.mark.parametrize(
    "junk", [b"junk", b"x" * 100_000, b"\0junk", b"\x1f\x8b", b"\x1f\x8b" + b"\0" * 100]
)
def test_junk_behind_a_gzip_member_is_damage(junk: bytes) -> None:
    with pytest.raises(BadLogError) as caught:
        decompress(gzip.compress(LONG) + junk)
    assert caught.value.problem == "broken_trail_file"


@pytest.mark.parametrize("at", [10, 12, 500, -8, -4])
def test_a_damaged_gzip_is_refused(tmp_path: Path, at: int) -> None:
    body = bytearray(gzip.compress(LONG))
    body[at] ^= 0xFF
    with pytest.raises(BadLogError) as caught:
        read_bytes(tmp_path, bytes(body))
    assert caught.value.problem == "broken_trail_file"


def zeros(count: int) -> bytes:
    """A gzip member of so many zeros."""
    packer = zlib.compressobj(9, wbits=31)
    block = b"\0" * MEGABYTE
    parts = [packer.compress(block) for _ in range(count // MEGABYTE)]
    return b"".join([*parts, packer.compress(block[: count % MEGABYTE]), packer.flush()])


def test_what_unpacks_beyond_the_limit_is_refused_in_little_memory() -> None:
    limit, bomb = 4 * MEGABYTE, zeros(200 * MEGABYTE)
    members = zeros(MEGABYTE) * 200
    for body in (bomb, members):
        tracemalloc.start()
        with pytest.raises(BadLogError) as caught:
            decompress(body, limit)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert caught.value.problem == "oversized_trail_file"
        assert peak < 4 * limit


def test_the_limit_itself_is_allowed() -> None:
    assert len(decompress(zeros(MEGABYTE), MEGABYTE)) == MEGABYTE
    assert len(decompress(zeros(MEGABYTE - 1) + zeros(1) + zeros(0), MEGABYTE)) == MEGABYTE
    with pytest.raises(BadLogError):
        decompress(zeros(MEGABYTE) + zeros(1), MEGABYTE)


def test_two_gigabytes_of_zeros_in_a_small_file_are_refused(tmp_path: Path) -> None:
    body = zeros(64 * MEGABYTE) * 32
    assert len(body) < 3 * MEGABYTE
    with pytest.raises(BadLogError, match="unpacks to more than 256 MB"):
        read_bytes(tmp_path, body)


def test_many_empty_gzip_members_take_no_time() -> None:
    assert decompress(gzip.compress(b"") * 200_000 + gzip.compress(b"[]")) == b"[]"


# Records that are odd


def test_a_record_nested_too_deep_is_lost_alone() -> None:
    for depth in (1_000, 10_000, 100_000):
        deep = '"requestParameters": {"a": ' + "[" * depth + '"]}\\""' + "]" * depth + "}"
        log = parse_log(with_second(deep))
        assert ids(log) == ["event-1"]
        assert log.notices == (
            (
                "bad_trail_records",
                "1 of 2 records have no readable time, source or fields; they are set aside",
            ),
        )
        bare = b"[" + with_second(deep).partition(b"[")[2][:-1]
        assert ids(parse_log(bare)) == ["event-1"]


def test_a_quote_never_closed_behind_deep_nesting_takes_no_time() -> None:
    body = b'{"Records": [{"a":' + b"[" * 3_000 + b'"' + b'\\"' * 500_000
    with pytest.raises(BadLogError, match="a bracket is never closed"):
        parse_log(body)


def test_text_that_is_not_utf8_is_shown_with_a_notice() -> None:
    body = with_second('"userAgent": "AWS"').replace(b"AWS", b"\xff\xfe")
    log = parse_log(body)
    assert ids(log) == ["event-1", "event-2"]
    assert log.records[1].userAgent == "\ufffd\ufffd"
    assert [problem for problem, _ in log.notices] == ["invalid_utf8"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r'"a\ud800b"', "a\ufffdb"),
        (r'"\udc00"', "\ufffd"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"a\u0000b"', "a\0b"),
        ('"a\0b"', "a\0b"),
        ('"a\tb\n"', "a\tb\n"),
        ("17", "17"),
        ("1.5", "1.5"),
        ("true", "true"),
        ('["a", {"b": 1}]', '["a", {"b": 1}]'),
        ("{}", "{}"),
        ("null", None),
        ("NaN", None),
        ("-Infinity", None),
        ("1e999", None),
        ("1" * 5_000, None),
        ('"first", "userAgent": "last"', "last"),
    ],
)
def test_odd_values_where_text_is_expected_are_text(text: str, shown: str | None) -> None:
    log = parse_log(with_second(f'"userAgent": {text}'))
    assert ids(log) == ["event-1", "event-2"]
    assert log.records[1].userAgent == shown
    assert log.notices == ()


@pytest.mark.parametrize("also", ["", ', "eventVersion": 1.08'])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\ud800"', "\ufffd"),
        (r'"a\u0000b"', "a\0b"),
        ('"a\0b"', "a\0b"),
        ("NaN", None),
        ("{}", {}),
        ("[[[]]]", [[[]]]),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("0.1", 0.1),
    ],
)
def test_odd_values_inside_a_request_are_kept(text: str, value: object, also: str) -> None:
    log = parse_log(with_second(f'"requestParameters": {{"a": {text}}}{also}'))
    assert ids(log) == ["event-1", "event-2"]
    assert parsed(log.records[1].requestParameters) == {"a": value}


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1" * 5_000])
def test_a_number_beyond_all_measure_loses_no_record(number: str) -> None:
    for also in ("", ', "eventVersion": 1.08'):
        log = parse_log(with_second(f'"requestParameters": {{"a": {number}, "b": "x"}}{also}'))
        assert ids(log) == ["event-1", "event-2"]


@pytest.mark.parametrize(
    "name", ["requestParameters", "responseElements", "userIdentity", "addendum"]
)
@pytest.mark.parametrize("text", ['"HIDDEN_DUE_TO_SECURITY_REASONS"', "17", "[]", "true", '""'])
def test_what_should_be_an_object_may_be_anything(name: str, text: str) -> None:
    log = parse_log(with_second(f'"{name}": {text}'))
    assert parsed(getattr(log.records[1], name)) == json.loads(text)


@pytest.mark.parametrize(
    ("given", "kept"), [("true", "true"), (True, True), (None, None), (1, None), ([], None)]
)
def test_read_only_is_a_boolean_or_its_text(given: object, kept: object) -> None:
    assert parse_log(json.dumps([record(readOnly=given)]).encode()).records[0].readOnly == kept


def test_null_and_missing_fields_are_the_same() -> None:
    needed = {name: record()[name] for name in ("eventTime", "eventSource")}
    nulls = dict.fromkeys(Record.__struct_fields__) | needed
    bare, null = parse_log(json.dumps([needed, nulls]).encode()).records
    assert bare == null
    assert (bare.eventName, bare.eventID) == ("", None)


@pytest.mark.parametrize(
    "odd",
    [
        *({}, [], [[]], None, 17, "text", True, {"Records": [record()]}),
        *(record(eventTime=None), record(eventTime=""), record(eventSource=None)),
        {name: value for name, value in record().items() if name != "eventTime"},
        {name: value for name, value in record().items() if name != "eventSource"},
    ],
)
def test_what_has_no_time_or_no_source_is_set_aside_and_told(odd: object) -> None:
    log = parse_log(json.dumps({"Records": [record("one"), odd, record("two")]}).encode())
    assert ids(log) == ["one", "two"]
    assert [(problem, detail[:6]) for problem, detail in log.notices] == [
        ("bad_trail_records", "1 of 3")
    ]


def test_an_event_of_ten_megabytes_is_read() -> None:
    text = "ä" * (5 * MEGABYTE)
    log = parse_log(
        json.dumps([record(requestParameters={"a": text})], ensure_ascii=False).encode()
    )
    assert parsed(log.records[0].requestParameters) == {"a": text}


# Anything at all

TEXT = st.text(st.characters(exclude_categories=()))  # half surrogate pairs too
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)  # fmt: skip
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)
NAMES = st.text(st.characters(exclude_categories=()), min_size=1)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    extra = draw(st.dictionaries(TEXT, VALUES, max_size=4))
    for name in (*Record.__struct_fields__, "EventId", "EventName", "EventSource"):
        extra.pop(name, None)
    odd = {
        name: draw(VALUES)
        for name in draw(
            st.sets(st.sampled_from(["userAgent", "readOnly", "awsRegion", "addendum"]))
        )
    }
    named = {name: draw(NAMES) for name in ("eventTime", "eventSource", "eventName", "eventID")}
    return {**extra, **odd, **named, "requestParameters": draw(VALUES)}


def is_encodable(text: str) -> bool:
    return whole(text) == text


def whole(value: object) -> object:
    """A value as text can hold it: half surrogate pairs shown as U+FFFD."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


@given(
    st.lists(records(), min_size=1, max_size=3), st.sampled_from(list(WRAPPINGS)), st.booleans()
)  # fmt: skip
@example([{**record(), "requestParameters": {"a": "\ud800"}}], "Records", True)
def test_any_record_comes_back_from_any_wrapping(
    wanted: list[dict[str, Any]], wrapping: str, ascii_only: bool
) -> None:
    text = json.dumps(WRAPPINGS[wrapping](wanted), ensure_ascii=False)
    if ascii_only or not is_encodable(text):
        text = json.dumps(WRAPPINGS[wrapping](wanted))
    log = parse_log(text.encode())
    assert len(log.records) == len(wanted)
    for found, given_record in zip(log.records, wanted, strict=True):
        for name in ("eventTime", "eventSource", "eventName", "eventID"):
            assert getattr(found, name) == whole(given_record[name])
        assert parsed(found.requestParameters) == whole(given_record["requestParameters"])


@settings(max_examples=300)
@given(
    st.binary()
    | st.binary().map(gzip.compress)
    | st.binary().map(lambda body: b"\x1f\x8b" + body)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.lists(VALUES).map(lambda value: json.dumps({"Records": value}).encode())
)
def test_no_bytes_raise_anything_but_bad_log_error(body: bytes) -> None:
    with contextlib.suppress(BadLogError):
        parse_log(decompress(body) if body[:2] == b"\x1f\x8b" else body)


@given(st.data())
def test_bytes_changed_anywhere_raise_nothing_but_bad_log_error(data: st.DataObject) -> None:
    body = bytearray(json.dumps({"Records": [record("one"), record("two")]}).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        log = parse_log(bytes(body))
    except BadLogError:
        return
    assert len(log.records) <= 2


def test_a_log_cut_at_any_byte_is_refused(tmp_path: Path) -> None:
    whole_log = gzip.compress(json.dumps({"Records": [record()]}).encode())
    for length in range(len(whole_log)):
        with pytest.raises(BadLogError):
            read_bytes(tmp_path, whole_log[:length])
