"""AWS replaces a delivery while it is being fetched: the ledger holds the old one or the new, never both."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from spaceledger.sources import bills
from spaceledger.sources.bills import find_deliveries
from spaceledger.sources.objects import StoredObject, open_store
from spaceledger.warehouse.state import read_state
from tests.bills import SPACE, csv_bytes, cur_rows, write_cur
from tests.conftest import Ledger
from tests.s3.proxy import Proxy, Request
from tests.s3.server import Server

AS_OF = date(2026, 10, 3)
FILES = 4
SPAN = "20260901-20261001"


def deliver(client: Any, bucket: str, version: int, *, overwrite: bool) -> None:
    """A delivery of four files that cost `version` each; its manifest comes last."""
    folder = f"cur/report/{SPAN}" + ("" if overwrite else f"/assembly-{version}")
    keys = [f"{folder}/report-{number:05}.csv.gz" for number in range(1, FILES + 1)]
    for number, key in enumerate(keys):
        line = {"space": SPACE, "cost": str(version), "id": f"{version}-{number}"}
        client.put_object(Bucket=bucket, Key=key, Body=csv_bytes(*cur_rows("2026-09", [line])))
    manifest = {
        "assemblyId": f"assembly-{version}", "account": "012345678901", "reportName": "report",
        "billingPeriod": {"start": "20260901T000000.000Z"}, "reportKeys": keys,
    }  # fmt: skip
    client.put_object(
        Bucket=bucket, Key=f"cur/report/{SPAN}/report-Manifest.json", Body=json.dumps(manifest)
    )


@pytest.fixture
def remote(ledger: Ledger, proxy: Proxy, bucket: str) -> Ledger:
    ledger.configure(
        f'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://{bucket}/cur/report"\n'
        f'endpoint_url = "{proxy.endpoint}"\n'
    )
    return ledger


def on_request(
    wanted: Callable[[Request], bool], numbers: set[int], act: Callable[[], None]
) -> Any:
    """Acts before the requests of these numbers among those that are wanted."""
    seen = [0]

    def before(request: Request) -> None:
        if wanted(request):
            seen[0] += 1
            if seen[0] in numbers:
                act()

    return before


def of_data(request: Request) -> bool:
    return request.method == "GET" and request.key.endswith(".csv.gz")


@pytest.mark.parametrize("overwrite", [True, False], ids=["overwrite", "create new"])
@pytest.mark.parametrize("moment", [1, 2, 4])
def test_a_delivery_replaced_half_way_is_fetched_anew_and_whole(
    moment: int, overwrite: bool, remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    client = server.client()
    deliver(client, bucket, 1, overwrite=overwrite)
    replace = lambda: deliver(client, bucket, 100, overwrite=overwrite)  # noqa: E731
    proxy.before = on_request(of_data, {moment}, replace)
    assert remote.run(as_of=AS_OF).exit_code == 0
    assert remote.query("select delivery_id, billed_cost from marts.deliveries") == [
        ("assembly-100", Decimal(400))
    ]


def test_a_delivery_that_goes_on_changing_is_held_back_and_the_last_one_stands(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    client = server.client()
    deliver(client, bucket, 1, overwrite=True)
    remote.run(as_of=AS_OF)
    deliver(client, bucket, 2, overwrite=True)
    version = [2]

    def again() -> None:
        version[0] += 1
        deliver(client, bucket, version[0], overwrite=True)

    proxy.before = on_request(of_data, set(range(1, 1000)), again)
    assert remote.run(as_of=AS_OF).exit_code == 3
    assert remote.query(
        "select delivery_id, billed_cost from marts.deliveries where is_current"
    ) == [("assembly-1", Decimal(4))]
    assert remote.query("select problem, billing_period from marts.ingest_problems") == [
        ("delivery_changing", "2026-09")
    ]
    proxy.before = lambda _: None
    assert remote.run(as_of=AS_OF).exit_code == 0
    assert remote.query("select billed_cost from marts.deliveries where is_current") == [
        (Decimal(4 * version[0]),)
    ]


def test_a_file_that_vanished_holds_its_delivery_back(
    remote: Ledger, server: Server, proxy: Proxy, bucket: str
) -> None:
    client = server.client()
    deliver(client, bucket, 1, overwrite=False)
    write_cur(remote.root / "in", "2026-08", [{"space": SPACE, "cost": "7"}])
    server.upload(remote.root / "in", bucket, "cur/")
    gone = f"cur/report/{SPAN}/assembly-1/report-00003.csv.gz"
    remove = lambda: client.delete_object(Bucket=bucket, Key=gone)  # noqa: E731
    proxy.before = on_request(of_data, {1}, remove)
    assert remote.run(as_of=AS_OF).exit_code == 3
    assert remote.query("select billing_period from marts.deliveries") == [("2026-08",)]


def test_a_copy_whose_manifest_came_before_its_files_waits_for_them(
    remote: Ledger, server: Server, bucket: str
) -> None:
    client = server.client()
    deliver(client, bucket, 1, overwrite=True)
    remote.run(as_of=AS_OF)
    keys = [f"cur/report/{SPAN}/report-{number:05}.csv.gz" for number in range(2, FILES + 1)]
    listed = {e["Key"]: e for e in client.list_objects_v2(Bucket=bucket)["Contents"]}
    old = {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    deliver(client, bucket, 2, overwrite=True)
    for key, body in old.items():
        client.put_object(Bucket=bucket, Key=key, Body=body)
    # The server writes the time anew; replication keeps it.
    state = read_state(remote.home / "ledger.duckdb").loaded_as["acme"]
    now = {e["Key"]: e for e in client.list_objects_v2(Bucket=bucket)["Contents"]}
    assert len(state) == FILES
    moved = {
        (key, size, int(now[f"cur/report/{key}"]["LastModified"].timestamp() * 1e9)): name
        for (key, size, _), name in state.items()
        if f"cur/report/{key}" in old
    }
    assert listed.keys() == now.keys()
    store = open_store(remote.settings.costs[0].uri, {}, remote.settings.costs[0])
    found = find_deliveries("acme", store, None, moved)
    assert [problem.problem for problem in found.problems] == ["delivery_changing"]
    assert found.deliveries == ()


class Times:
    """A remote place that says when its objects were written."""

    is_remote = True

    def __init__(self, objects: dict[str, tuple[bytes, int]]) -> None:
        self.objects = objects

    def list(self, below: str = "", after: str = "") -> Any:
        for key, (body, seconds) in sorted(self.objects.items()):
            if key.startswith(below):
                yield StoredObject(key, len(body), seconds * 1_000_000_000, "e")

    def children(self, below: str = "") -> Any:
        items = list(self.list(below))
        names = {
            item.key[len(below) :].partition("/")[0]
            for item in items
            if "/" in item.key[len(below) :]
        }
        return tuple(f"{below}{name}/" for name in sorted(names)), tuple(
            item for item in items if "/" not in item.key[len(below) :]
        )

    def read(self, item: StoredObject) -> bytes:
        return self.objects[item.key][0]

    def fingerprint(self, item: StoredObject) -> StoredObject:
        return item

    def address(self, key: str) -> str:
        return f"s3://b/{key}"


@pytest.mark.parametrize(
    ("data_age", "manifest_age", "is_held"),
    [
        (60, 3600 * 8, True),  # AWS has begun to overwrite, the manifest is of this morning
        (3600 * 2, 3600 * 8, False),  # a copy made in any order, which nobody touches any more
        (60, 120, False),  # a copy made just now
        (3600, 60, False),  # as AWS leaves it
    ],
)
def test_files_much_newer_than_their_manifest_are_a_delivery_under_way(
    data_age: int, manifest_age: int, is_held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_790_000_000
    monkeypatch.setattr(bills, "time_ns", lambda: now * 1_000_000_000)
    key = f"{SPAN}/report-00001.csv.gz"
    manifest = {"assemblyId": "a", "reportName": "report", "reportKeys": [f"cur/report/{key}"]}
    store = Times({
        key: (gzip.compress(b"x"), now - data_age),
        f"{SPAN}/report-Manifest.json": (json.dumps(manifest).encode(), now - manifest_age),
    })  # fmt: skip
    found = find_deliveries("acme", store)  # type: ignore[arg-type]
    assert [problem.problem for problem in found.problems] == (
        ["delivery_changing"] if is_held else []
    )
    assert len(found.deliveries) == (0 if is_held else 1)
