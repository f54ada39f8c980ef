"""Whatever S3 does on a bad day, the ledger that comes out equals the one of local files."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from spaceledger import pipeline
from spaceledger.errors import AccessError, SpaceledgerError, TransientSourceError
from spaceledger.sources import patience
from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.s3.figures import figures
from tests.s3.proxy import Proxy, Request, always, share
from tests.s3.server import Server
from tests.trails import log_key, packed, record, write_log

AS_OF = date(2026, 10, 3)
CONFIGURATION = """home = "home"
[[costs]]
name = "acme"
uri = "{bill}"
{access}
[[activity]]
name = "trail"
uri = "{trail}"
{access}
[[budgets]]
name = "fraud"
space = "{space}"
amount = 10
period = "monthly"
"""


def write_inputs(folder: Path) -> None:
    for month in (7, 8, 9):
        lines = [
            {"space": SPACE, "cost": f"{month}.123456789", "day": f"2026-{month:02}-03"},
            {"space": OTHER_SPACE, "cost": "2", "day": f"2026-{month:02}-04"},
            {"cost": "0.1", "product": "AmazonEC2"},
        ]
        write_cur(folder / "cur", f"2026-{month:02}", lines)
    for day in range(1, 25):
        minute = f"202609{day:02}T1005"
        body = packed(record(f"event-{day}", eventTime=f"2026-09-{day:02}T10:00:00Z"))
        write_log(folder / "trail", body, log_key(minute))


def configured(ledger: Ledger, bill: str, trail: str, access: str = "") -> Ledger:
    ledger.configure(CONFIGURATION.format(bill=bill, trail=trail, access=access, space=SPACE))
    return ledger


@pytest.fixture
def remote(
    make_ledger: Callable[[str], Ledger], server: Server, proxy: Proxy, bucket: str
) -> Ledger:
    ledger = make_ledger("remote")
    write_inputs(ledger.root / "in")
    server.upload(ledger.root / "in", bucket)
    access = f'endpoint_url = "{proxy.endpoint}"'
    return configured(ledger, f"s3://{bucket}/cur/report", f"s3://{bucket}/trail", access)


@pytest.fixture
def expected(make_ledger: Callable[[str], Ledger]) -> dict[str, list[tuple]]:
    ledger = make_ledger("local")
    write_inputs(ledger.root / "in")
    configured(ledger, "in/cur/report", "in/trail").run(as_of=AS_OF)
    return figures(ledger)


FAULTS = ("503 SlowDown", "500 InternalError", "reset", "truncated", "stalled", "shorter",
          "longer", "altered", "broken")  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_day_costs_time_and_no_cent(
    fault: str, remote: Ledger, proxy: Proxy, expected: dict[str, list[tuple]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if fault == "stalled":
        monkeypatch.setattr("spaceledger.sources.aws.READ_SECONDS", 0.3)
    proxy.rule = share(fault, 0.3)
    outcome = remote.run(as_of=AS_OF)
    assert len(proxy.made) > 5
    assert outcome.exit_code == 0
    assert remote.query("select sum(billed_cost) from marts.space_spend_daily") == [
        (Decimal("30.370370367"),)
    ]
    assert figures(remote) == expected
    assert list((remote.home / "landing").rglob("*.part")) == []


def test_all_of_them_at_once(
    remote: Ledger, proxy: Proxy, expected: dict[str, list[tuple]]
) -> None:
    rules = [share(fault, 0.06, seed) for seed, fault in enumerate(FAULTS) if fault != "stalled"]

    def any_of(request: Request) -> str:
        return next((fault for rule in rules if (fault := rule(request))), "")

    proxy.rule = any_of
    remote.run(as_of=AS_OF)
    assert len(set(proxy.made)) > 5
    assert figures(remote) == expected


def test_a_server_that_stops_half_way_ends_the_run_and_the_next_goes_on_there(
    remote: Ledger, proxy: Proxy, expected: dict[str, list[tuple]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", patience.Patience(0.3, 0.01, 0.05))
    proxy.rule = lambda request: "stopped" if request.number > 25 else ""
    with pytest.raises(TransientSourceError, match="AWS did not answer") as caught:
        remote.run(as_of=AS_OF)
    assert "\n" not in caught.value.line()
    assert not (remote.home / "ledger.duckdb").exists()
    landed = {path.name for path in (remote.home / "landing").rglob("*") if path.is_file()}
    assert landed
    assert not any(name.endswith(".part") for name in landed)
    proxy.rule = lambda _: ""
    proxy.asked.clear()
    remote.run(as_of=AS_OF)
    assert figures(remote) == expected
    # Three manifests, three files of bills and 24 logs; those that had landed are not asked for again.
    assert len(set(proxy.keys())) == 30 - len(landed)


def test_what_a_killed_run_left_half_written_goes(remote: Ledger) -> None:
    part = remote.home / "landing" / "parts" / "abcd-12.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    remote.run(as_of=AS_OF)
    assert not part.exists()


def test_nothing_new_is_nothing_fetched_and_nothing_published(remote: Ledger, proxy: Proxy) -> None:
    first = remote.run(as_of=AS_OF)
    proxy.asked.clear()
    again = remote.run(as_of=AS_OF)
    assert not again.published
    assert again.build_id == first.build_id
    assert proxy.keys() == []


def test_landing_may_be_pruned_and_the_ledger_stands(
    remote: Ledger, proxy: Proxy, expected: dict[str, list[tuple]]
) -> None:
    remote.run(as_of=AS_OF)
    text = remote.config.read_text()
    remote.configure(f"keep_landing_days = 0\n{text}")
    assert not remote.run(as_of=AS_OF).published
    manifests = [path for path in (remote.home / "landing").rglob("*") if path.is_file()]
    assert {path.suffix for path in manifests} == {".json"}  # read again to see that nothing is new
    assert figures(remote) == expected
    remote.run(as_of=AS_OF, full_refresh=True)
    assert figures(remote) == expected


@pytest.mark.parametrize("what", ["list-type", "-Manifest.json", ".csv.gz"])
def test_a_source_that_refuses_is_an_error_of_one_line(
    what: str, remote: Ledger, proxy: Proxy
) -> None:
    proxy.rule = lambda request: (
        "403 AccessDenied" if what in request.query or request.key.endswith(what) else ""
    )
    with pytest.raises(SpaceledgerError, match=r"access is denied .* - allow s3:\w+ on bucket-"):
        remote.run(as_of=AS_OF)
    assert not (remote.home / "ledger.duckdb").exists()


def test_a_file_that_is_refused_holds_its_delivery_back_and_no_other(
    remote: Ledger, proxy: Proxy, expected: dict[str, list[tuple]]
) -> None:
    proxy.rule = lambda request: (
        "403 InvalidObjectState"
        if re.search(r"20260801-20260901/.*csv.gz|2026/09/05/.*json.gz", request.key)
        else ""
    )
    outcome = remote.run(as_of=AS_OF)
    assert outcome.exit_code == 3
    told = remote.query(
        "select problem, billing_period, detail from marts.ingest_problems order by 1"
    )
    assert [row[:2] for row in told] == [
        ("unfetched_file", "2026-08"),
        ("unfetched_trail_file", None),
    ]
    assert all("archived" in row[2] for row in told)
    periods = remote.query(
        "select distinct billing_period from marts.bill_reconciliation order by 1"
    )
    assert periods == [("2026-07",), ("2026-09",)]
    assert not remote.run(as_of=AS_OF).published  # it stands as it stood: no news
    proxy.rule = lambda _: ""
    assert remote.run(as_of=AS_OF).exit_code == 0
    assert figures(remote) == expected
    assert remote.query("select count(*) from marts.ingest_problems") == [(0,)]


def test_progress_tells_counts_and_bytes(remote: Ledger) -> None:
    said: list[str] = []
    pipeline.fetch(remote.settings, step=said.append)
    assert any(
        re.fullmatch(r"fetch acme: 3 of 3 files, [\d.]+ of [\d.]+ MB", line) for line in said
    )
    assert any(line.startswith("fetch trail: 24 of 24 files") for line in said)


def test_a_copy_that_was_damaged_in_landing_is_fetched_again(
    remote: Ledger, expected: dict[str, list[tuple]]
) -> None:
    pipeline.fetch(remote.settings)
    for path in (remote.home / "landing").rglob("*.*"):
        path.write_bytes(bytes(path.stat().st_size))
    assert remote.run(as_of=AS_OF).exit_code == 0
    assert figures(remote) == expected


def test_what_is_broken_in_the_bucket_is_fetched_twice_and_then_set_aside(
    remote: Ledger, server: Server, proxy: Proxy
) -> None:
    bucket = remote.settings.costs[0].uri.split("/")[2]
    client = server.client()
    for key in ("cur/report/20260801-20260901/assembly-1/report-00001.csv.gz",
                f"trail/{log_key('20260905T1005')}"):  # fmt: skip
        client.put_object(Bucket=bucket, Key=key, Body=b"no gzip at all")
    assert remote.run(as_of=AS_OF).exit_code == 3
    assert remote.query("select count(*) from marts.ingest_problems") == [(2,)]
    proxy.asked.clear()
    assert not remote.run(as_of=AS_OF).published
    assert proxy.keys() == []


def test_credentials_that_expire_half_way_end_the_run_with_one_line(
    remote: Ledger, proxy: Proxy, expected: dict[str, list[tuple]]
) -> None:
    proxy.rule = lambda request: "403 ExpiredToken" if request.number > 25 else ""
    with pytest.raises(AccessError, match="the AWS credentials have expired"):
        remote.run(as_of=AS_OF)
    assert not (remote.home / "ledger.duckdb").exists()
    proxy.rule = lambda _: ""
    remote.run(as_of=AS_OF)
    assert figures(remote) == expected


def test_a_trail_of_which_no_file_comes_ends_the_run_with_one_line(
    remote: Ledger, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spaceledger.fetching._REFUSED_AT_ONCE", 10)
    proxy.rule = always("403 AccessDenied", ".json.gz")
    with pytest.raises(SpaceledgerError, match=r"access is denied .* - allow s3:GetObject"):
        remote.run(as_of=AS_OF)


def test_an_old_manifest_that_is_archived_stops_no_new_month(
    remote: Ledger, server: Server, proxy: Proxy
) -> None:
    remote.run(as_of=AS_OF)
    for path in (remote.home / "landing").rglob("*.json"):
        path.unlink()
    bucket = remote.settings.costs[0].uri.split("/")[2]
    write_cur(remote.root / "new" / "cur", "2026-10", [{"space": SPACE, "cost": "7"}])
    server.upload(remote.root / "new", bucket)
    proxy.rule = always("403 InvalidObjectState", "20260701-20260801/report-Manifest.json")
    assert remote.run(as_of=AS_OF).exit_code == 3
    assert remote.query("select problem, billing_period from marts.ingest_problems") == [
        ("unfetched_manifest", "2026-07")
    ]
    assert remote.query("select count(distinct billing_period) from marts.bill_reconciliation") == [
        (4,)
    ]


def test_a_manifest_replaced_behind_its_listing_is_read_as_it_is_now(
    remote: Ledger, server: Server, proxy: Proxy, expected: dict[str, list[tuple]]
) -> None:
    bucket = remote.settings.costs[0].uri.split("/")[2]
    done: list[str] = []

    def replace(request: Request) -> None:
        if request.method == "GET" and request.key.endswith("-Manifest.json") and not done:
            key = request.key.partition("/")[2]
            done.append(key)
            body = server.client().get_object(Bucket=bucket, Key=key)["Body"].read()
            server.client().put_object(Bucket=bucket, Key=key, Body=body + b"\n")

    proxy.before = replace
    assert remote.run(as_of=AS_OF).exit_code == 0
    assert done
    assert figures(remote) == expected
