"""Which files of a trail are logs, when they were delivered, and how they become tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.errors import SourceError
from spaceledger.sources import trails
from spaceledger.sources.log_files import LogFile, find_log_files
from spaceledger.sources.objects import LocalStore, StoredObject
from spaceledger.sources.trails import (
    COUNT_COLUMNS,
    EVENT_COLUMNS,
    FILE_COLUMNS,
    TrailBatch,
    read_batches,
)
from tests.trails import ACCOUNT, log_key, packed, record, write_log

NAME = f"{ACCOUNT}_CloudTrail_us-east-1_20260901T1005Z_aaaaaaaaaaaaaaaa.json.gz"
DAY = "us-east-1/2026/09/01"


@dataclass(frozen=True)
class Listing(LocalStore):
    """A store that lists keys no file system needs to hold."""

    keys: tuple[str, ...] = ()

    def list(self, below: str = "", after: str = "") -> Iterator[StoredObject]:
        there = (key for key in sorted(self.keys) if key.startswith(below) and key > after)
        yield from (StoredObject(key, 1, 1) for key in there)


def found(*keys: str, start: date | None = None) -> list[str]:
    return [file.item.key for file in find_log_files(Listing(Path("/nowhere"), {}, keys), start)]


def delivered(key: str) -> datetime | None:
    return next(find_log_files(Listing(Path("/nowhere"), {}, (key,)))).delivered_at


@pytest.mark.parametrize(
    "key",
    [
        f"AWSLogs/{ACCOUNT}/CloudTrail/{DAY}/{NAME}",
        f"AWSLogs/o-abc123/{ACCOUNT}/CloudTrail/{DAY}/{NAME}",
        f"some/prefix/AWSLogs/{ACCOUNT}/CloudTrail/{DAY}/{NAME}",
        f"some/prefix/AWSLogs/o-abc123/{ACCOUNT}/CloudTrail/{DAY}/{NAME}",
        f"AWSLogs/AWSLogs/{ACCOUNT}/CloudTrail/{DAY}/{NAME}",
        f"AWSLogs/{ACCOUNT}/CloudTrail/{DAY}/{NAME.removesuffix('.gz')}",
        f"{ACCOUNT}/CloudTrail/{DAY}/{NAME}",
        NAME,
        "events.json",
        "my exports/2026-09.json.gz",
        "line\nbreak.json",
        "umlaut-ä/費用.json",
    ],
)
def test_logs_are_found_in_trails_and_in_plain_folders(key: str) -> None:
    assert found(key) == [key]


@pytest.mark.parametrize(
    "key",
    [
        *(
            f"{prefix}AWSLogs/{owner}{ACCOUNT}/{folder}/{DAY}/{NAME}"
            for prefix in ("", "prefix/")
            for owner in ("", "o-abc123/")
            for folder in (
                *("CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-NetworkActivity"),
                *("CloudTrail-Aggregated", "Config", "elasticloadbalancing", "vpcflowlogs"),
            )
        ),
        f"{ACCOUNT}_CloudTrail-Digest_us-west-2_trail_us-west-2_20260901T193649Z.json.gz",
        f"folder/{ACCOUNT}_CloudTrail-Insight_us-west-2_20260901T1936Z_x.json.gz",
        f"AWSLogs/{ACCOUNT}/CloudTrail/{DAY}/{NAME}.tmp",
        f"AWSLogs/{ACCOUNT}/CloudTrail/{DAY}/README.txt",
        f"AWSLogs/{ACCOUNT}/CloudTrail/",
        "AWSLogs/x.json",
        "json",
        "x.json.zip",
        "x.csv.gz",
    ],
)
def test_what_lies_beside_the_logs_is_left_alone(key: str) -> None:
    assert found(key) == []


def test_an_unpacked_copy_beside_its_packed_file_is_left_out() -> None:
    assert found("a.json", "a.json.gz", "b.json", "c/a.json") == ["a.json.gz", "b.json", "c/a.json"]


def test_files_come_in_key_order() -> None:
    keys = [log_key(f"2026090{day}T1005") for day in (3, 1, 2)]
    assert found(*keys) == sorted(keys)


def test_files_delivered_before_the_start_are_left_out() -> None:
    keys = [log_key(minute) for minute in ("20260831T2359", "20260901T0000", "20260902T0000")]
    assert found(*keys, start=date(2026, 9, 1)) == keys[1:]
    assert found(*keys, start=date(2027, 1, 1)) == []
    assert found(*keys) == keys


@pytest.mark.parametrize(
    "key",
    ["x.json", "2026/13/40/x.json", "0000/00/00/x.json", "26/9/1/x.json", "2026/02/30/x.json"],
)
def test_a_key_that_tells_no_day_is_after_every_start(key: str) -> None:
    assert found(key, start=date(2027, 1, 1)) == [key]
    assert delivered(key) is None


@pytest.mark.parametrize(
    ("key", "moment"),
    [
        (log_key("20260901T1005"), datetime(2026, 9, 1, 10, 5)),
        (f"anywhere/{NAME}", datetime(2026, 9, 1, 10, 5)),
        (f"2026/08/31/{NAME}", datetime(2026, 9, 1, 10, 5)),
        ("1_CloudTrail_us-gov-west-1_20260901T2359Z_x.json", datetime(2026, 9, 1, 23, 59)),
        ("2026/09/01/x.json", datetime(2026, 9, 1, 23, 59)),
        ("deep/2026/09/01/x.json.gz", datetime(2026, 9, 1, 23, 59)),
        ("2026/09/01/12/x.json", None),
        ("9999/12/31/x.json", datetime(9999, 12, 31, 23, 59)),
        ("2026/09/01/1_CloudTrail_us-east-1_20261340T9999Z_x.json", datetime(2026, 9, 1, 23, 59)),
        ("1_CloudTrail_us-east-1_20261340T9999Z_x.json", None),
        ("1_CloudTrail_us-east-1_20260901T100Z_x.json", None),
        ("x.json", None),
    ],
)
def test_a_key_tells_when_its_file_was_delivered(key: str, moment: datetime | None) -> None:
    assert delivered(key) == moment


@given(st.text(), st.dates())
def test_no_key_raises(text: str, start: date) -> None:
    for key in (
        f"{text}.json",
        f"AWSLogs/{text}/CloudTrail/{text}.json.gz",
        f"{text}/2026/99/99/{text}.json",
    ):
        found(key, start=start)


def test_a_file_is_another_when_its_key_size_or_mark_is() -> None:
    one = LogFile(StoredObject("a.json", 1, 2, "etag"), None)
    same = LogFile(StoredObject("a.json", 1, 3, "etag"), None)
    assert one.version == same.version
    others = [
        StoredObject("b.json", 1, 2, "etag"), StoredObject("a.json", 2, 2, "etag"),
        StoredObject("a.json", 1, 2, "other"), StoredObject("a.json", 1, 2), StoredObject("a.json", 1, 3),
    ]  # fmt: skip
    assert len({one.version, *(LogFile(item, None).version for item in others)}) == 6


# Batches


def batches(trail: Path) -> list[TrailBatch]:
    store = LocalStore(trail)
    return list(read_batches(store, find_log_files(store), trail))


def test_a_batch_holds_sagemakers_records_whole_and_counts_the_others(tmp_path: Path) -> None:
    other = [record(str(number), eventSource="s3.amazonaws.com") for number in range(3)]
    next_day = record("next", eventTime="2026-09-02T00:00:00Z")
    write_log(tmp_path, packed(*other[:2], record(), *other[2:], next_day))
    (batch,) = batches(tmp_path)
    assert (batch.files.schema, batch.events.schema, batch.counts.schema) == (
        FILE_COLUMNS, EVENT_COLUMNS, COUNT_COLUMNS,
    )  # fmt: skip
    (file,) = batch.files.to_pylist()
    assert (file["object_key"], file["event_count"], file["sagemaker_event_count"]) == (
        log_key(),
        5,
        2,
    )
    assert file["delivered_at"] == datetime(2026, 9, 1, 10, 5)
    assert file["problem"] is None
    events = batch.events.to_pylist()
    assert [(e["record_number"], e["event_id"], e["read_only"]) for e in events] == [
        (2, "event-1", "false"), (4, "next", "false"),
    ]  # fmt: skip
    assert {event["file_id"] for event in events} == {file["file_id"]}
    assert {
        (c["event_day"], c["event_source"], c["event_count"]) for c in batch.counts.to_pylist()
    } == {
        ("2026-09-01", "s3.amazonaws.com", 3),
        ("2026-09-01", "sagemaker.amazonaws.com", 1),
        ("2026-09-02", "sagemaker.amazonaws.com", 1),
    }
    assert batch.problems == ()


def test_a_bad_file_is_noted_and_the_others_are_read(tmp_path: Path) -> None:
    write_log(tmp_path, packed(record()), "a.json.gz")
    write_log(tmp_path, packed(record())[:-9], "b.json.gz")
    write_log(tmp_path, packed(record(), {}), "c.json.gz")
    (batch,) = batches(tmp_path)
    noted = [(f["object_key"], f["event_count"], f["problem"]) for f in batch.files.to_pylist()]
    assert noted == [
        ("a.json.gz", 1, None),
        ("b.json.gz", 0, "broken_trail_file"),
        ("c.json.gz", 1, None),
    ]
    assert [(name, problem, refused) for name, problem, _, refused in batch.problems] == [
        ("b.json.gz", "broken_trail_file", True), ("c.json.gz", "bad_trail_records", False),
    ]  # fmt: skip


def test_a_file_that_vanishes_after_it_was_listed_is_noted(tmp_path: Path) -> None:
    path = write_log(tmp_path, packed(record()))
    files = list(find_log_files(LocalStore(tmp_path)))
    path.unlink()
    (batch,) = read_batches(LocalStore(tmp_path), files, tmp_path)
    assert [problem for _, problem, _, _ in batch.problems] == ["unreadable_trail_file"]


def test_a_trail_of_nothing_gives_no_batch(tmp_path: Path) -> None:
    assert batches(tmp_path) == []


@pytest.mark.parametrize(
    ("limit", "value", "sizes"),
    [("_BATCH_FILES", 2, [2, 2, 1]), ("_BATCH_EVENTS", 3, [2, 2, 1]), ("_BATCH_BYTES", 1, [1] * 5)],
)
def test_a_batch_ends_where_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(trails, limit, value)
    for number in range(5):
        write_log(tmp_path, packed(record("1"), record("2")), f"{number}.json.gz")
    found_batches = batches(tmp_path)
    assert [batch.files.num_rows for batch in found_batches] == sizes
    assert sum(batch.events.num_rows for batch in found_batches) == 10


def test_names_that_are_not_utf8_are_read_and_shown(tmp_path: Path) -> None:
    for name, body in ((b"\xff.json", packed(record())), (b"\xfe.json", b"no log")):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(body)
    (batch,) = batches(tmp_path)
    assert batch.events.num_rows == 1
    files = batch.files.to_pylist()
    assert {file["object_key"] for file in files} == {"\ufffd.json"}
    assert len({file["file_id"] for file in files}) == 2
    assert [name for name, *_ in batch.problems] == ["\ufffd.json"]


def test_half_surrogate_pairs_and_nulls_reach_the_tables_as_text(tmp_path: Path) -> None:
    odd = record(userAgent="\ud800", errorMessage="a\0b", requestParameters={"\udc00": "\ud800"})
    write_log(tmp_path, packed(odd, record(eventSource="\ud800")))
    (batch,) = batches(tmp_path)
    (event,) = batch.events.to_pylist()
    assert (event["user_agent"], event["error_message"]) == ("\ufffd", "a\0b")
    assert batch.counts.num_rows == 2


def test_a_file_written_in_a_far_future_is_read(tmp_path: Path) -> None:
    path = write_log(tmp_path, packed(record()))
    for year in (-10_000_000_000, 10_000_000_000):
        os.utime(path, (year, year))
        assert batches(tmp_path)[0].events.num_rows == 1


class Refusing(LocalStore):
    """A store that refuses one object, as S3 does where it is archived or its key may not be used."""

    def materialise(self, item: StoredObject, landing: Path) -> Path:
        if item.key.startswith("archived"):
            raise SourceError("S3 answered InvalidObjectState", where=item.key)
        return super().materialise(item, landing)


def test_a_file_that_cannot_be_fetched_is_told_of_and_tried_again(tmp_path: Path) -> None:
    for name in ("archived", "good"):
        write_log(tmp_path, packed(record(name)), f"{name}.json.gz")
    store = Refusing(tmp_path)
    batches = list(read_batches(store, find_log_files(store), tmp_path))
    assert [batch.files["object_key"].to_pylist() for batch in batches] == [["good.json.gz"]]
    assert batches[0].problems == (
        ("archived.json.gz", "unfetched_trail_file", "S3 answered InvalidObjectState", True),
    )
