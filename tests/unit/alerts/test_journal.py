"""The journal: what is on disk survives, what is torn goes, and nothing in it is a secret."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from spaceledger.alerts.journal import Entry, append, open_journal

NOW = datetime(2026, 10, 24, 6, tzinfo=UTC)
A, B = Entry(NOW, "SLACK", "a|ü\n|0.8", 2), Entry(NOW, "run", "b", 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alerts.jsonl"


def test_what_is_written_is_read(path: Path) -> None:
    assert open_journal(path).told == {}
    append(path, [A, B])
    append(path, [])
    book = open_journal(path)
    assert (book.told, book.damaged_lines) == ({("SLACK", A.alert_key): A, ("run", "b"): B}, ())
    assert path.read_bytes().count(b"\n") == 2
    assert book.is_told("SLACK", A.alert_key, 2)
    assert not book.is_told("SLACK", A.alert_key, 3)
    assert not book.is_told("SLACK", "b", 1)
    assert book.told_on("SLACK", A.alert_key) == date(2026, 10, 24)
    assert book.told_on("SLACK", "b") is None


def test_the_highest_level_counts_and_its_latest_day(path: Path) -> None:
    later = NOW.replace(day=25)
    append(path, [Entry(NOW, "run", "b", 2), Entry(later, "run", "b", 1)])
    assert open_journal(path).told["run", "b"] == Entry(NOW, "run", "b", 2)
    append(path, [Entry(later, "run", "b", 2)])
    assert open_journal(path).told_on("run", "b") == date(2026, 10, 25)


def test_wherever_a_crash_tears_the_last_line_the_rest_stands_and_the_file_goes_on(
    path: Path,
) -> None:
    append(path, [A, B])
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in range(first, len(whole) + 1):
        path.write_bytes(whole[:cut])
        book = open_journal(path)
        told_of_b = cut >= len(whole) - 1  # only the line end is missing, or nothing
        assert set(book.told) == {("SLACK", A.alert_key)} | ({("run", "b")} if told_of_b else set())
        assert book.damaged_lines == ()
        append(path, [B])
        again = open_journal(path)
        assert (set(again.told), again.damaged_lines) == (
            {("SLACK", A.alert_key), ("run", "b")},
            (),
        )


def test_blocks_a_crash_left_empty_are_torn_too(path: Path) -> None:
    append(path, [A])
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 512)
    assert open_journal(path).damaged_lines == ()
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "damage",
    [
        b"", b"\xff\xfe", b"null", b"[1]", b'"x"', b"{}", b"[" * 100_000,
        b'{"told_at": 1, "channel": "run", "alert_key": "x", "level": 1}',
        b'{"told_at": "2026-10-24T06:00:00", "channel": "run", "alert_key": "x", "level": true}',
        b'{"told_at": "2026-10-24T06:00:00", "channel": null, "alert_key": "x", "level": 1}',
    ],
)  # fmt: skip
def test_a_damaged_line_is_named_and_left(path: Path, damage: bytes) -> None:
    append(path, [A])
    path.write_bytes(path.read_bytes() + damage + b"\n")
    append(path, [B])
    before = path.read_bytes()
    book = open_journal(path)
    assert (len(book.told), book.damaged_lines) == (2, (2,))
    assert path.read_bytes() == before


def test_a_key_a_later_version_adds_does_no_harm(path: Path) -> None:
    append(path, [A])
    path.write_bytes(path.read_bytes().replace(b'{"told_at"', b'{"more": [1], "told_at"'))
    assert open_journal(path).told == {("SLACK", A.alert_key): A}
