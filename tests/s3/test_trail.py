"""A trail in S3: what is listed, and what is not listed again."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from spaceledger.doctor import examine
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger
from tests.s3.proxy import Proxy, always
from tests.s3.server import Server
from tests.trails import packed, record

AS_OF = date(2026, 9, 30)
HERE = ("111111111111", "us-east-1")
THERE = ("111111111111", "eu-west-1")
OTHER = ("222222222222", "us-east-1")


def put(
    server: Server, bucket: str, where: tuple[str, str], day: int, mark: str = "a", month: int = 9,
    top: str = "AWSLogs/o-abcdefghij/",
) -> str:  # fmt: skip
    """A log file of one event, delivered on that day of 2026. Returns its key."""
    account, region = where
    key = (
        f"{top}{account}/CloudTrail/{region}/2026/{month:02}/{day:02}/"
        f"{account}_CloudTrail_{region}_2026{month:02}{day:02}T1005Z_{mark:0>16}.json.gz"
    )
    event = record(
        f"{account}-{region}-{month}-{day}-{mark}", eventTime=f"2026-{month:02}-{day:02}T10:00:00Z",
        recipientAccountId=account, awsRegion=region,
    )  # fmt: skip
    server.client().put_object(Bucket=bucket, Key=f"logs/{key}", Body=packed(event))
    return key


@pytest.fixture
def remote(ledger: Ledger, proxy: Proxy, bucket: str) -> Ledger:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    ledger.configure(
        'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n[[activity]]\nname = "trail"\n'
        f'uri = "s3://{bucket}/logs"\nendpoint_url = "{proxy.endpoint}"\n'
    )
    return ledger


def read(ledger: Ledger, **options: object) -> int:
    """How many log files a run reads."""
    return sum(row.file_count for row in ledger.run(as_of=AS_OF, **options).read)


def listed(proxy: Proxy) -> dict[str, str]:
    """What was listed at length since the last look: prefix, and the day it began behind."""
    queries = [parse_qs(query) for query in proxy.listings()]
    proxy.asked.clear()
    return {
        query["prefix"][0]: re.sub(
            r".*/(\d{4}/\d\d/\d\d)/~$", r"\1", query.get("start-after", [""])[0]
        )
        for query in queries
        if "delimiter" not in query
    }


def test_only_the_last_days_of_each_account_and_region_are_listed_again(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    for day in range(1, 21):
        put(server, bucket, HERE, day)
    put(server, bucket, THERE, 2)
    put(server, bucket, OTHER, 20)
    top = "logs/AWSLogs/o-abcdefghij"
    folders = {where: f"{top}/{where[0]}/CloudTrail/{where[1]}/" for where in (HERE, THERE, OTHER)}
    assert read(remote) == 22
    assert listed(proxy) == dict.fromkeys(folders.values(), "")

    put(server, bucket, HERE, 18, "late")  # within the last days
    put(server, bucket, HERE, 3, "closed")  # behind a closed prefix
    put(server, bucket, HERE, 21)
    new = ("333333333333", "ap-south-1")
    put(server, bucket, new, 1)
    assert read(remote) == 3
    assert listed(proxy) == {
        folders[HERE]: "2026/09/16",
        folders[THERE]: "2026/08/29",
        folders[OTHER]: "2026/09/16",
        f"{top}/333333333333/CloudTrail/ap-south-1/": "",
    }
    assert remote.run(as_of=AS_OF).read == ()
    # A month that is pulled again is listed again.
    assert read(remote, again=("2026-09", "2026-09")) == 1
    assert remote.query("select count(*) from marts.ingest_problems") == [(0,)]


@pytest.mark.parametrize("top", ["AWSLogs/", "AWSLogs/o-abcdefghij/"])
@pytest.mark.parametrize("below", ["", "AWSLogs", "deep"])
def test_the_uri_may_point_at_any_level_of_the_trail(
    top: str, below: str, remote: Ledger, server: Server, bucket: str
) -> None:
    key = put(server, bucket, HERE, 20, top=top)
    put(server, bucket, HERE, 21, top=top)
    level = {"": "logs", "AWSLogs": "logs/AWSLogs", "deep": f"logs/{Path(key).parents[3]}"}[below]
    text = remote.config.read_text().replace(f"{bucket}/logs", f"{bucket}/{level}")
    remote.configure(text)
    assert read(remote) == 2
    put(server, bucket, HERE, 22, top=top)
    assert read(remote) == 1


def test_digests_and_other_folders_beside_the_logs_are_not_listed(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    put(server, bucket, HERE, 20)
    for folder in ("CloudTrail-Digest", "CloudTrail-Insight", "Config", "elasticloadbalancing"):
        server.client().put_object(
            Bucket=bucket,
            Key=f"logs/AWSLogs/o-abcdefghij/{HERE[0]}/{folder}/us-east-1/2026/09/20/x.json.gz",
            Body=b"{}",
        )
    assert read(remote) == 1
    assert not [prefix for prefix in listed(proxy) if "/CloudTrail/" not in prefix]


def test_start_and_regions_narrow_what_is_listed(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    for where in (HERE, THERE):
        for day in (1, 20):
            put(server, bucket, where, day)
    remote.configure(f'{remote.config.read_text()}start = 2026-09-10\nregions = ["us-east-1"]\n')
    assert read(remote) == 1
    assert list(listed(proxy).values()) == ["2026/09/09"]


def test_a_key_of_a_day_to_come_hides_nothing(remote: Ledger, server: Server, bucket: str) -> None:
    put(server, bucket, HERE, 20)
    client = server.client()
    odd = f"logs/AWSLogs/o-abcdefghij/{HERE[0]}/CloudTrail/us-east-1/9999/12/31/x.json.gz"
    client.put_object(Bucket=bucket, Key=odd, Body=packed(record("odd")))
    assert read(remote) == 2
    put(server, bucket, HERE, 21)
    assert read(remote) == 1


def test_a_file_that_could_not_be_fetched_is_asked_for_again_however_old(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    for day in (1, 20):
        put(server, bucket, HERE, day)
    proxy.rule = always("403 InvalidObjectState", "20260901T1005Z_000000000000000a.json.gz")
    assert read(remote) == 1
    assert remote.query("select problem from marts.ingest_problems") == [("unfetched_trail_file",)]
    assert remote.run(as_of=AS_OF).read == ()
    proxy.rule = lambda _: ""
    assert read(remote) == 1
    assert remote.query("select count(*) from marts.ingest_problems") == [(0,)]


def test_a_plain_folder_of_logs_is_listed_whole(
    remote: Ledger, server: Server, bucket: str
) -> None:
    for name in ("one.json.gz", "two.json.gz"):
        server.client().put_object(
            Bucket=bucket, Key=f"logs/copied/{name}", Body=packed(record(name))
        )
    assert read(remote) == 2
    assert remote.run(as_of=AS_OF).read == ()


def test_a_trail_without_files_says_so_and_one_that_fell_silent_does_not(
    remote: Ledger, server: Server, bucket: str
) -> None:
    remote.run(as_of=AS_OF)
    assert remote.query("select problem from marts.ingest_problems") == [("no_trail_files",)]
    put(server, bucket, HERE, 1)
    assert read(remote) == 1
    assert remote.query("select count(*) from marts.ingest_problems") == [(0,)]
    assert remote.run(as_of=AS_OF).read == ()


def test_doctor_looks_at_the_newest_days_of_each_region(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    put(server, bucket, HERE, 20)
    put(server, bucket, THERE, 2)
    today = date(2026, 9, 21)
    found = next(each for each in examine(remote.settings, today) if each.subject == "trail")
    assert (found.level, found.what) == (
        "ok",
        "2 accounts and regions, 1 log files since 2026-09-18",
    )
    assert set(listed(proxy).values()) == {"2026/09/17"}
    late = next(
        each for each in examine(remote.settings, date(2026, 10, 21)) if each.subject == "trail"
    )
    assert (late.level, late.todo) == ("fault", "check that the trail is logging still")


def test_a_trail_that_is_refused_keeps_no_bill_waiting(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    put(server, bucket, HERE, 20)
    assert read(remote) == 1
    write_cur(remote.bill, "2026-08", [{"space": SPACE, "cost": "7"}])
    proxy.rule = always("403 AccessDenied")
    outcome = remote.run(as_of=AS_OF)
    assert (outcome.exit_code, [row.period for row in outcome.loaded]) == (3, ["2026-08"])
    assert remote.query("select source, problem from marts.ingest_problems") == [
        ("trail", "refused")
    ]
    proxy.rule = lambda _: ""
    assert remote.run(as_of=AS_OF).exit_code == 0


def test_a_trail_that_moved_or_begins_earlier_is_listed_whole(
    remote: Ledger, server: Server, bucket: str
) -> None:
    for day in range(1, 21):
        put(server, bucket, HERE, day)
    text = remote.config.read_text()
    remote.configure(f"{text}start = 2026-09-15\n")
    assert read(remote) == 6
    remote.configure(text)
    assert read(remote) == 14
    other = server.bucket()
    for day in range(1, 25):
        put(server, other, HERE, day, "b")
    remote.configure(text.replace(bucket, other))
    assert read(remote) == 24


DAILY = (
    "select event_date, sum(event_count) from marts.trail_events_daily group by all order by all"
)


def test_a_trail_whose_address_moves_up_or_down_counts_no_call_twice(
    remote: Ledger, server: Server, bucket: str
) -> None:
    for day in range(1, 21):
        put(server, bucket, HERE, day)
        put(server, bucket, OTHER, day, top="team-b/AWSLogs/")
    text = remote.config.read_text()
    remote.configure(text.replace("/logs", f"/logs/AWSLogs/o-abcdefghij/{HERE[0]}/CloudTrail"))
    assert read(remote) == 20
    remote.configure(text)
    assert read(remote) == 40
    assert remote.query(DAILY) == [(date(2026, 9, day), 2) for day in range(1, 21)]
    assert remote.query("select count(*) from core.trail_event") == [(40,)]
    remote.configure(text.replace("/logs", "/logs/team-b"))
    assert read(remote) == 20
    # What is no longer listed is not forgotten.
    assert remote.query(DAILY) == [(date(2026, 9, day), 2) for day in range(1, 21)]
    assert read(remote) == 0
    remote.run(as_of=AS_OF, full_refresh=True)
    assert remote.query(DAILY) == [(date(2026, 9, day), 2) for day in range(1, 21)]


def test_a_copy_that_cannot_be_read_takes_nothing_away_and_one_that_can_mends(
    remote: Ledger, server: Server, bucket: str
) -> None:
    keys = [put(server, bucket, HERE, day) for day in (1, 2)]
    other = server.bucket()
    for key in keys:
        body = server.client().get_object(Bucket=bucket, Key=f"logs/{key}")["Body"].read()
        server.client().put_object(Bucket=other, Key=f"logs/copy/{key}", Body=body)
    server.client().put_object(Bucket=bucket, Key=f"logs/{keys[0]}", Body=b"no log")
    server.client().put_object(Bucket=other, Key=f"logs/copy/{keys[1]}", Body=b"no log")
    remote.run(as_of=AS_OF)
    problems = "select location from marts.ingest_problems"
    assert remote.query(problems) == [(f"s3://{bucket}/logs/{keys[0]}",)]
    moved = f"{other}/logs/copy/AWSLogs"
    remote.configure(remote.config.read_text().replace(f"{bucket}/logs", moved))
    assert read(remote) == 2
    assert remote.query(problems) == [(f"s3://{other}/logs/copy/{keys[1]}",)]
    assert remote.query(DAILY) == [(date(2026, 9, 1), 1), (date(2026, 9, 2), 1)]


@pytest.mark.parametrize("change", ["uri", "start"])
def test_a_listing_that_is_refused_after_a_change_is_made_up_for(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str, change: str
) -> None:
    for day in range(1, 21):
        put(server, bucket, HERE, day)
    text = remote.config.read_text()
    other = server.bucket()
    for day in range(1, 21):
        put(server, other, HERE, day, "b")
    remote.configure(text if change == "uri" else f"{text}start = 2026-09-15\n")
    read(remote)
    remote.configure(text.replace(bucket, other) if change == "uri" else text)
    proxy.rule = always("403 AccessDenied")
    for _ in range(2):
        assert remote.run(as_of=AS_OF).exit_code == 3
    proxy.rule = lambda _: ""
    assert read(remote) == (20 if change == "uri" else 14)


def test_logs_at_the_top_and_below_a_prefix_are_both_found(
    remote: Ledger, server: Server, bucket: str
) -> None:
    put(server, bucket, HERE, 1)
    put(server, bucket, OTHER, 1, top="team-b/AWSLogs/")
    assert read(remote) == 2


def test_files_that_stay_refused_hide_no_others(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spaceledger.trails._ASKED_AGAIN", 3)
    for day in range(1, 21):
        put(server, bucket, HERE, day)
    proxy.rule = lambda request: (
        "403 InvalidObjectState" if re.search(r"2026/09/0\d/.*gz$", request.key) else ""
    )
    assert read(remote) == 11
    proxy.rule = lambda request: (
        "403 InvalidObjectState" if re.search(r"2026/09/0[123]/.*gz$", request.key) else ""
    )
    moment = datetime(2026, 11, 25, tzinfo=UTC)
    for hour in range(8):
        remote.run(as_of=AS_OF, now=moment + timedelta(hours=hour))
    assert remote.query("select count(*) from raw.trail_files") == [(17,)]
