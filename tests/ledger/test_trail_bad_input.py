"""Bad input of trails, in whole runs: each bad file is one row that names it, and no good record is lost."""

from __future__ import annotations

import gzip
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from spaceledger.cli import main
from spaceledger.errors import SourceError
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger
from tests.trails import log_key, packed, record, write_log

BILL = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
WITH_TRAIL = f'{BILL}[[activity]]\nname = "trail"\nuri = "trail"\n'
BAD_KEY = log_key("20260901T1100", "bad")


@pytest.fixture
def watched(ledger: Ledger) -> Ledger:
    """A ledger of one line of cost and a trail of two good log files around a place for a bad one."""
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    write_log(trail_of(ledger), packed(record("one"), record("two")), log_key("20260901T1005"))
    write_log(trail_of(ledger), packed(record("three")), log_key("20260901T1200"))
    ledger.configure(WITH_TRAIL)
    return ledger


def trail_of(ledger: Ledger) -> Path:
    return ledger.root / "trail"


def bad_file(ledger: Ledger, body: bytes) -> Path:
    return write_log(trail_of(ledger), body, BAD_KEY)


def events(ledger: Ledger) -> list[str]:
    return [
        row[0] for row in ledger.query("select event_id from raw.trail_events order by event_id")
    ]


def problems(ledger: Ledger) -> list[tuple[Any, ...]]:
    return ledger.query(
        "select problem, severity, location from marts.ingest_problems order by all"
    )


BAD_FILES = {
    "no bytes": (b"", "broken_trail_file"),
    "not gzip": (b"this is no log", "broken_trail_file"),
    "a cut gzip": (packed(record("x"))[:-20], "broken_trail_file"),
    "a damaged gzip": (packed(record("x"))[:60] + b"\xff" * 20 + packed(record("x"))[80:], "broken_trail_file"),
    "cut JSON": (gzip.compress(b'{"Records": [{"eventTime"'), "broken_trail_file"),
    "deep and cut JSON": (gzip.compress(b'{"Records": [' + b"[" * 50_000), "broken_trail_file"),
    "a digest": (gzip.compress(b'{"digestStartTime": "2026-09-01T00:00:00Z"}'), "not_a_trail_file"),
    "other JSON": (gzip.compress(b'{"configurationItems": []}'), "not_a_trail_file"),
    "a bomb": (gzip.compress(b"\0" * (64 << 20), 9) * 5, "oversized_trail_file"),
}  # fmt: skip


def test_each_bad_file_is_one_row_until_it_is_mended(watched: Ledger) -> None:
    paths = {
        case: write_log(trail_of(watched), body, log_key("20260901T1100", str(number)))
        for number, (case, (body, _)) in enumerate(BAD_FILES.items())
    }
    assert watched.run().exit_code == 3
    expected = [(problem, "error", str(paths[case])) for case, (_, problem) in BAD_FILES.items()]
    assert problems(watched) == sorted(expected)
    for (detail,) in watched.query("select detail from marts.ingest_problems"):
        assert detail.endswith("; the file is set aside, the others are read")
        assert "\n" not in detail
    assert events(watched) == ["one", "three", "two"]
    again = watched.run()
    assert (again.published, again.exit_code) == (False, 3)
    *mended, last = paths
    for case in mended:
        paths[case].write_bytes(packed(record(case)))
    assert watched.run().exit_code == 3
    assert problems(watched) == [(BAD_FILES[last][1], "error", str(paths[last]))]
    assert events(watched) == sorted(["one", "three", "two", *mended])
    paths[last].write_bytes(packed())
    assert watched.run().exit_code == 0
    assert problems(watched) == []


def test_a_bad_file_that_is_taken_away_is_no_problem_any_more(watched: Ledger) -> None:
    path = bad_file(watched, b"")
    watched.run()
    path.unlink()
    assert watched.run().exit_code == 0
    assert problems(watched) == []


def test_a_file_that_goes_bad_takes_its_own_events_along(watched: Ledger) -> None:
    path = bad_file(watched, packed(record("four")))
    watched.run()
    path.write_bytes(b"")
    assert watched.run().exit_code == 3
    assert events(watched) == ["one", "three", "two"]


def test_every_file_may_be_bad(watched: Ledger) -> None:
    for path in trail_of(watched).rglob("*.gz"):
        path.write_bytes(b"")
    assert watched.run().exit_code == 3
    assert [problem for problem, _, _ in problems(watched)] == ["broken_trail_file"] * 2
    assert watched.query("select sum(effective_cost) from marts.space_spend_daily") == [(5,)]


def test_records_of_no_possible_time_are_set_aside_with_a_warning(watched: Ledger) -> None:
    times = [
        *(
            "1970-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "2026-09-01T99:00:00Z",
            "2026-09-02T11:30:00Z",
        ),
        *("yesterday", 17, [2026, 9, 1]),
    ]
    timeless = [
        record("x", eventTime=None),
        record("x", eventTime=""),
        {"eventSource": "x"},
        None,
        17,
        "",
        [],
    ]
    expected = []
    for problem, odd in (
        *(("bad_trail_times", record("x", eventTime=at)) for at in times),
        *(("bad_trail_records", one) for one in timeless),
    ):
        number = len(expected)
        body = packed(record(f"{number} before"), odd, record(f"{number} behind"))
        path = write_log(trail_of(watched), body, log_key("20260901T1100", str(number)))
        expected.append((problem, "warning", str(path)))
    assert watched.run().exit_code == 0
    assert problems(watched) == sorted(expected)
    good = {f"{number} {side}" for number in range(len(expected)) for side in ("before", "behind")}
    assert set(events(watched)) == {"one", "two", "three", *good}
    for (detail,) in watched.query("select detail from marts.ingest_problems"):
        assert detail.startswith("1 ")


def test_odd_bytes_are_a_notice_and_their_record_is_read(watched: Ledger) -> None:
    body = gzip.decompress(packed(record("x", userAgent="AGENT"))).replace(b"AGENT", b"\xff")
    path = bad_file(watched, gzip.compress(body))
    assert watched.run().exit_code == 0
    assert problems(watched) == [("invalid_utf8", "notice", str(path))]
    assert "x" in events(watched)


# What strangers write into records

HTML = '<script>alert("x")</script><img src=x onerror=alert(1)>'
FORMULA = "=cmd|' /C calc'!A0"
SQL = "'; drop table raw.trail_events; -- \"[*]"


def test_what_strangers_write_is_text_everywhere(watched: Ledger) -> None:
    identity = {"type": "IAMUser", "accountId": "012345678901", "userName": HTML}
    asked = {
        "domainId": "d-abc",
        "spaceName": "fraud",
        "appType": FORMULA,
        "appName": HTML,
        "x": SQL,
    }
    strange = [
        record("agent", userAgent=HTML, errorMessage=HTML, errorCode=HTML),
        record("sql", eventName=SQL),
        record("path", eventName='Create"[*'),
        record("person", userIdentity=identity),
        record("formula", requestParameters=asked),
        record("nul", userAgent="a\0b", requestParameters={**asked, "spaceName": "fr\0aud"}),
        record("half", userAgent="\ud800", requestParameters={**asked, "\udc00": "\ud800"}),
        record(
            "region", awsRegion=HTML, recipientAccountId=SQL, eventSource="sagemaker.amazonaws.com"
        ),
        record("service", eventSource=HTML),
    ]
    bad_file(watched, packed(*strange))
    assert watched.run().exit_code == 0
    assert problems(watched) == []
    assert events(watched) == sorted(
        ["one", "two", "three", *(one["eventID"] for one in strange if one["eventID"] != "service")]
    )
    kept = watched.query(
        "select user_agent, error_message from raw.trail_events where event_id = 'agent'"
    )
    assert kept == [(HTML, HTML)]
    names = watched.query(
        "select event_name from raw.trail_events where event_id in ('sql', 'path')"
    )
    assert sorted(name for (name,) in names) == sorted([SQL, 'Create"[*'])
    users = watched.query("select user_name from marts.space_users_daily order by all")
    assert (HTML,) in users
    assert (HTML,) in watched.query("select event_source from marts.trail_events_daily")
    for page in (watched.home / "reports" / "html").rglob("*"):
        if page.suffix in {".html", ".js"} and not page.name.startswith("plotly"):
            assert "<script>alert" not in page.read_text(encoding="utf-8"), page
            assert "<img src=x" not in page.read_text(encoding="utf-8"), page


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are UTF-8")
def test_file_names_of_any_bytes_are_shown_as_text(watched: Ledger) -> None:
    html = "<img src=x onerror=alert(1)>\n'quote' \"double\".json"
    folder = os.fsencode(trail_of(watched))
    good, bad = (Path(os.fsdecode(folder + name)) for name in (b"/\xff.json", b"/\xfe.json"))
    good.write_text(json.dumps([record("good")]))
    bad.write_text("")
    write_log(trail_of(watched), b"", html)
    write_log(trail_of(watched), packed(record("odd month")), "2026/13/40/x.json.gz")
    assert watched.run().exit_code == 3
    assert problems(watched) == [
        ("broken_trail_file", "error", f"{trail_of(watched)}/{name}")
        for name in (html, "\ufffd.json")
    ]
    assert events(watched) == ["good", "odd month", "one", "three", "two"]
    for page in (watched.home / "reports" / "html").rglob("*.html"):
        assert "<img src=x" not in page.read_text(encoding="utf-8"), page
    bad.write_text("[]")
    (trail_of(watched) / html).write_text("[]")
    assert watched.run().exit_code == 0


def test_records_without_ids_are_told_apart_by_what_they_say(watched: Ledger) -> None:
    odd = [record("", eventTime=f"2026-09-01T10:0{minute}:00Z") for minute in range(3)]
    odd += [record(None, eventName="DeleteApp"), record("", eventName="DeleteApp")]  # type: ignore[arg-type]
    bad_file(watched, packed(*odd))
    watched.run()
    assert watched.query("select count(*) from core.trail_event") == [(3 + 3 + 1,)]


# Folders and configurations


@pytest.mark.parametrize("uri", ["empty", "trail/AWSLogs/012345678901/CloudTrail-Digest"])
def test_a_trail_without_logs_is_a_warning(watched: Ledger, uri: str) -> None:
    (watched.root / uri).mkdir(parents=True)
    watched.configure(f'{BILL}[[activity]]\nname = "trail"\nuri = "{uri}"\n')
    assert watched.run().exit_code == 0
    assert problems(watched) == [("no_trail_files", "warning", str(watched.root / uri))]
    assert not watched.run().published
    write_log(watched.root / uri, packed(record("late")), "x.json.gz")
    assert watched.run().published
    assert problems(watched) == []
    assert events(watched) == ["late"]


def test_a_trail_that_does_not_exist_is_an_error(watched: Ledger) -> None:
    watched.run()
    watched.configure(WITH_TRAIL.replace('uri = "trail"', 'uri = "nowhere"'))
    with pytest.raises(SourceError, match="this folder does not exist"):
        watched.run()
    watched.configure(WITH_TRAIL)
    assert events(watched) == ["one", "three", "two"]


def test_one_log_file_may_be_a_trail(watched: Ledger) -> None:
    watched.configure(
        WITH_TRAIL.replace('uri = "trail"', f'uri = "trail/{log_key("20260901T1200")}"')
    )
    assert watched.run().exit_code == 0
    assert events(watched) == ["three"]


def test_a_trail_taken_out_takes_its_events_and_problems_along(watched: Ledger) -> None:
    bad_file(watched, b"")
    assert watched.run().exit_code == 3
    watched.configure(BILL)
    assert watched.run().exit_code == 0
    assert problems(watched) == []
    for table in ("raw.trail_events", "raw.trail_counts", "raw.trail_files", "core.trail_event"):
        assert watched.query(f"select count(*) from {table}") == [(0,)]
    watched.configure(WITH_TRAIL)
    assert watched.run().exit_code == 3
    assert events(watched) == ["one", "three", "two"]


def test_an_empty_trail_taken_out_takes_its_problem_along(watched: Ledger) -> None:
    (watched.root / "empty").mkdir()
    watched.configure(f'{BILL}[[activity]]\nname = "trail"\nuri = "empty"\n')
    watched.run()
    watched.configure(BILL)
    watched.run()
    assert problems(watched) == []


def test_a_bill_and_a_trail_may_share_a_name(watched: Ledger) -> None:
    bad_file(watched, b"")
    both = WITH_TRAIL.replace('"trail"\nuri', '"acme"\nuri')
    watched.configure(both)
    assert watched.run().exit_code == 3
    write_cur(watched.bill, "2026-09", [{"space": SPACE, "cost": "6"}], assembly="assembly-2")
    assert watched.run().exit_code == 3, "a new delivery closes no problem of the trail"
    assert len(problems(watched)) == 1
    watched.configure(BILL)
    assert watched.run().exit_code == 0
    assert watched.query("select sum(effective_cost) from marts.space_spend_daily") == [(6,)]
    assert events(watched) == []


def test_start_leaves_out_what_came_before(watched: Ledger) -> None:
    early = log_key("20260831T2300")
    write_log(trail_of(watched), packed(record("early", eventTime="2026-08-31T22:00:00Z")), early)
    late = packed(record("delivered late", eventTime="2026-08-31T23:00:00Z"))
    write_log(trail_of(watched), late, log_key("20260901T0005"))

    def counted(start: date | None) -> list[tuple[str]]:
        watched.configure(WITH_TRAIL + (f"start = {start}\n" if start else ""))
        watched.run()
        return watched.query("select event_id from core.trail_event order by all")

    assert counted(date(2026, 9, 1)) == [("one",), ("three",), ("two",)]
    everything = [("delivered late",), ("early",), ("one",), ("three",), ("two",)]
    assert counted(None) == everything
    assert counted(date(2026, 9, 2)) == []
    assert counted(date(2026, 8, 1)) == everything


# Runs one after another


def test_a_run_with_nothing_new_reads_nothing(watched: Ledger) -> None:
    assert watched.run().read == (("trail", 2, 3, 3),)
    again = watched.run()
    assert not again.published
    assert again.read == ()


def test_only_new_files_are_read(watched: Ledger) -> None:
    watched.run()
    bad_file(watched, packed(record("four"), record("five", eventSource="s3.amazonaws.com")))
    assert watched.run().read == (("trail", 1, 2, 1),)
    assert events(watched) == ["four", "one", "three", "two"]


def test_a_file_that_changed_replaces_its_own_events_only(watched: Ledger) -> None:
    path = bad_file(watched, packed(record("four"), record("five")))
    watched.run()
    path.write_bytes(packed(record("six")))
    assert watched.run().read == (("trail", 1, 1, 1),)
    assert events(watched) == ["one", "six", "three", "two"]
    assert watched.query("select sum(event_count) from raw.trail_counts") == [(4,)]


def test_a_file_taken_away_leaves_its_events(watched: Ledger) -> None:
    path = bad_file(watched, packed(record("four")))
    watched.run()
    path.unlink()
    assert not watched.run().published
    assert events(watched) == ["four", "one", "three", "two"]


def test_the_same_events_in_another_file_count_once(watched: Ledger) -> None:
    watched.run()
    bad_file(watched, packed(record("one"), record("two"), record("three")))
    watched.run()
    assert watched.query("select count(*) from core.trail_event") == [(3,)]
    assert watched.query("select sum(event_count) from marts.space_activity_daily") == [(3,)]


def test_a_trail_may_come_to_a_ledger_that_had_none(watched: Ledger) -> None:
    watched.configure(BILL)
    watched.run()
    assert events(watched) == []
    watched.configure(WITH_TRAIL)
    assert watched.run().read == (("trail", 2, 3, 3),)
    assert events(watched) == ["one", "three", "two"]
    assert watched.query("select sum(event_count) from marts.space_activity_daily") == [(3,)]


def drop_trails(ledger: Ledger) -> None:
    """The published ledger as one that was made before trails were read."""
    import duckdb

    path = (ledger.home / "ledger.duckdb").resolve()
    path.chmod(0o644)
    with duckdb.connect(str(path)) as con:
        for table in ("trail_events", "trail_counts", "trail_files", "trails"):
            con.execute(f"drop table raw.{table}")
    path.chmod(0o444)


def test_a_trail_may_come_to_a_ledger_older_than_trails(watched: Ledger) -> None:
    watched.configure(BILL)
    watched.run()
    drop_trails(watched)
    watched.configure(WITH_TRAIL)
    assert watched.run().exit_code == 0
    assert events(watched) == ["one", "three", "two"]


def test_a_full_refresh_changes_nothing(watched: Ledger) -> None:
    bad_file(watched, packed(record("x"), record("y", eventTime="1970-01-01")))
    watched.run()
    before = (events(watched), problems(watched))
    assert watched.run(full_refresh=True).read == (("trail", 3, 5, 5),)
    assert (events(watched), problems(watched)) == before


# The command line


def test_the_command_line_tells_of_bad_files_in_one_line_each(watched: Ledger) -> None:
    bad_file(watched, b"")
    write_log(trail_of(watched), packed(None), "b\n.json.gz")
    result = CliRunner().invoke(
        main, ["run", "--config", str(watched.config), "--as-of", "2026-11-24"]
    )
    assert result.exit_code == 3
    lines = result.stderr.strip().splitlines()
    assert len([line for line in lines if "broken_trail_file" in line and BAD_KEY in line]) == 1
    assert len([line for line in lines if "bad_trail_records" in line]) == 1
    assert "Traceback" not in result.output


def test_a_day_whose_log_file_is_set_aside_is_not_told(watched: Ledger) -> None:
    other = "222222222222"
    bad = [log_key(f"202609{day:02}T1005", account=other) for day in (3, 4)]
    for day in range(1, 6):
        key = log_key(f"202609{day:02}T1005", account=other)
        told = record(
            f"other {day}", eventTime=f"2026-09-{day:02}T10:00:00Z", recipientAccountId=other
        )
        write_log(trail_of(watched), b"" if key in bad else packed(told), key)
        here = record(f"here {day}", eventTime=f"2026-09-{day:02}T10:00:00Z")
        write_log(trail_of(watched), packed(here), log_key(f"202609{day:02}T2005"))
    told_days = (
        "select account_id, list(day(told_date) order by told_date), count(distinct told_since)"
        " from core.trail_coverage group by account_id order by account_id"
    )
    assert watched.run(as_of=date(2026, 9, 6)).exit_code == 3
    assert watched.query(told_days)[-1] == (other, [1, 2, 5], 2)
    for day, key in zip((3, 4), bad, strict=True):
        told = record(
            f"other {day}", eventTime=f"2026-09-{day:02}T10:00:00Z", recipientAccountId=other
        )
        write_log(trail_of(watched), packed(told), key)
    assert watched.run(as_of=date(2026, 9, 6)).exit_code == 0
    assert watched.query(told_days)[-1] == (other, [1, 2, 3, 4, 5], 1)
