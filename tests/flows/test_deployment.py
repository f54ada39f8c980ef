"""`make serve` from its start to its end: a real server and worker, a schedule that comes due, an automation.

The run reads a bill from an S3 server and tells a receiver, both on this machine, with credentials
that must be found nowhere afterwards.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from spaceledger.period import BillingPeriod
from tests.bills import SPACE, write_cur, write_delivery
from tests.conftest import Ledger
from tests.receiver import Hook
from tests.s3 import proxy as proxies
from tests.s3 import server as servers
from tests.s3.proxy import Proxy, always

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 240  # of each wait; the whole test takes a minute where the machine is idle
SECRETS = {"AWS_ACCESS_KEY_ID": servers.KEY, "AWS_SECRET_ACCESS_KEY": servers.SECRET}
HOURLY, FAILING = {"idempotency_key": "hourly"}, {"idempotency_key": "failing"}
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
BUDGET = 'name = "{}"\nspace = "{}"\namount = 10\nperiod = "custom"\nstart = {}\nend = {}\n'


class Served:
    """What `make serve` starts, and its API."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, said: Path, keep: Path) -> None:
        self.process, self.port, self.said, self.keep = process, port, said, keep

    def call(self, path: str, body: object = None, method: str = "POST") -> Any:
        text = None if body is None else json.dumps(body)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            link = HTTPConnection("127.0.0.1", self.port, timeout=60)
            link.request(method, f"/api/{path}", text, {"Content-Type": "application/json"})
            answer = link.getresponse()
            got = answer.read()
            link.close()
            # So it answers while its database is busy; clients of Prefect ask again, too.
            if answer.status != 503 or time.monotonic() > deadline:
                break
        assert answer.status < 300, (path, answer.status, got)
        return json.loads(got) if got else None

    def deployment(self, name: str) -> str:
        return str(self.call(f"deployments/name/{name}", method="GET")["id"])

    def runs(self, name: str) -> list[dict[str, Any]]:
        """Runs of a deployment that are due, the oldest first."""
        which = {"deployments": {"name": {"any_": [name]}}, "sort": "EXPECTED_START_TIME_ASC"}
        found = self.call("flow_runs/filter", which)
        now = datetime.now(UTC).isoformat()
        return [run for run in found if run["expected_start_time"] < now]

    def ended(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """Waits until so many runs of a deployment have ended."""

        def found() -> list[dict[str, Any]]:
            ended = [run for run in self.runs(name) if run["state_type"] in ENDED]
            return ended if len(ended) >= count else []

        return self.until(found, f"{count} runs of {name} end")

    def until(self, found: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.said.read_text()
            if got := found():
                return got
            time.sleep(0.2)
        raise AssertionError(f"waited for long: {what}\n{self.said.read_text()}")

    def events(self, prefix: str) -> list[dict[str, Any]]:
        which = {"filter": {"event": {"prefix": [prefix]}}, "limit": 50}
        page = self.call("events/filter", which)
        found = list(page["events"])
        while page["next_page"]:
            page = self.call(page["next_page"].split("/api/")[1], method="GET")
            found += page["events"]
        return found

    def all_of(self, what: str) -> list[Any]:
        """Everything of a kind that the server has."""
        found: list[Any] = []
        while page := self.call(f"{what}/filter", {"limit": 200, "offset": len(found)}):
            found += page
        return found


class Bucket:
    """A bucket on a real server, behind a proxy that can refuse."""

    def __init__(self, server: servers.Server, proxy: Proxy) -> None:
        self.server, self.proxy, self.name = server, proxy, server.bucket()


@pytest.fixture
def bucket(ledger: Ledger, tmp_path: Path) -> Iterator[Bucket]:
    today = datetime.now(UTC).date()
    span = (today - timedelta(days=60), today + timedelta(days=60))
    with servers.served(tmp_path / "s3") as server, proxies.before(server) as proxy:
        bucket = Bucket(server, proxy)
        ledger.configure(
            f'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://{bucket.name}/cur/report"\n'
            f'region = "{servers.REGION}"\nendpoint_url = "{proxy.endpoint}"\n'
            f"[[budgets]]\n{BUDGET.format('fraud <b>', SPACE, *span)}"
            '[alerts]\nchannels = ["SPACELEDGER_TEAM"]\n'
        )
        yield bucket


@pytest.fixture
def served(ledger: Ledger, bucket: Bucket, hook: Hook, tmp_path: Path) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said, keep = tmp_path / "said.log", tmp_path / "prefect"
    words = ["--config", str(ledger.config), "--port", str(port), "--keep", str(keep)]
    environment = os.environ | SECRETS | {
        "SPACELEDGER_TEAM": hook.address,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_API_URL": "http://127.0.0.1:1/another-server",
        "PREFECT_API_KEY": "of-another-server",
    }  # fmt: skip
    with said.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.serve", *words],
            cwd=ROOT, env=environment, stdout=file, stderr=file,
        )  # fmt: skip
    served = Served(process, port, said, keep)
    try:
        served.until(lambda: b"Ctrl-C" in said.read_bytes(), "the server and the worker start")
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["start_time"] < other["end_time"] and other["start_time"] < one["end_time"]


def test_a_scheduled_run_leaves_artifacts_and_its_event_fires_the_automation(
    served: Served, bucket: Bucket, hook: Hook, ledger: Ledger
) -> None:
    today = datetime.now(UTC).date()
    month = BillingPeriod(today.year, today.month)
    day = str(month.start)
    bill = ledger.root / "bill"
    write_cur(bill / "cur", str(month), [{"space": SPACE, "cost": "12", "day": day}])
    write_delivery(bill / "cur", str(month.previous), b"not gzip", assembly="broken")
    bucket.server.upload(bill, bucket.name)

    # A schedule comes due in a moment, and an hourly run is there at the same time.
    daily, schedule = served.deployment("daily/daily"), {"interval": 20, "timezone": "UTC"}
    (made,) = served.call(
        f"deployments/{daily}/schedules", [{"active": True, "schedule": schedule}]
    )
    served.until(lambda: served.runs("daily"), "a run is due")
    served.call(f"deployments/{served.deployment('activity/activity')}/create_flow_run", HOURLY)
    served.until(lambda: served.runs("daily")[0]["start_time"], "the run that is due starts")
    served.call(f"deployments/{daily}/schedules/{made['id']}", method="DELETE")
    run, hourly = served.ended("daily")[0], served.ended("activity")[0]

    assert run["auto_scheduled"], run
    assert run["name"].startswith("daily 20")
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "Inputs held back")
    assert (hourly["state_type"], hourly["state_name"]) == ("COMPLETED", "Inputs held back")
    assert set(run["tags"]) == {"auto-scheduled", "spaceledger", "daily"}
    assert run["parameters"] == {}
    publishing = {
        task["flow_run_id"]: task
        for task in served.all_of("task_runs")
        if "publish" in task["tags"]
    }
    assert not overlap(publishing[run["id"]], publishing[hourly["id"]])
    assert ledger.query("select status from marts.budget_status") == [("breached",)]

    artifacts = {one["key"]: one for one in served.call("artifacts/latest/filter", {})}
    assert {"load-summary", "spaces-over-budget", "problems", "dashboards"} <= set(artifacts)
    assert "| breached | 12.00 USD | 10.00 USD |" in artifacts["spaces-over-budget"]["data"]
    assert "| error |" in artifacts["problems"]["data"]
    assert "home/reports/html/index.html" in artifacts["dashboards"]["data"]

    # The event of the budget, and what the automation of prefect.yaml did about it.
    explained = served.ended("explain")[0]
    assert explained["state_type"] == "COMPLETED"
    assert explained["parameters"]["budget"] == "fraud <b>"
    assert explained["created_by"]["type"] == "AUTOMATION"
    artifacts = {one["key"]: one for one in served.call("artifacts/latest/filter", {})}
    assert "is exceeded by 2.00 USD" in artifacts["budget-explained"]["data"]
    # The server keeps events a moment after it acts on them.
    (breached,) = served.until(lambda: served.events("spaceledger.budget."), "its event is kept")
    assert breached["event"] == "spaceledger.budget.breached"
    assert breached["payload"]["spent"] == "12.000000000000"
    assert served.until(lambda: served.events("prefect.automation.action.executed"), "it is noted")
    for event in (
        "spaceledger.ledger.published",
        "spaceledger.ledger.unchanged",
        "spaceledger.ledger.held_back",
        "prefect.flow-run.Inputs held back",
    ):
        assert served.until(lambda event=event: served.events(event), f"{event} is kept")
    assert any("fraud" in title for title in hook.titles)

    # A run that fails: S3 refuses it, and says back what it was sent.
    echo = f"{servers.KEY} {servers.SECRET} aws4_request X-Amz-Signature=abc"
    bucket.proxy.rule = always(f"403 SignatureDoesNotMatch {echo}")
    asked = served.call(f"deployments/{daily}/create_flow_run", FAILING)["id"]
    failed = served.until(
        lambda: [one for one in served.ended("daily") if one["id"] == asked], "the run fails"
    )[0]
    assert failed["state_type"] == "FAILED"
    assert "does not know these credentials (SignatureDoesNotMatch)" in failed["state"]["message"]

    no_secret_is_left(served, ledger, hook)
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(PATIENCE_SECONDS) == 0
    assert served.said.read_text().rstrip().endswith("stopped")


def no_secret_is_left(served: Served, ledger: Ledger, hook: Hook) -> None:
    """Neither in the API's logs, runs, tasks, states, artifacts, events, nor in any file of ours."""
    # What a run logs at its end arrives after its state.
    served.until(
        lambda: [one for one in served.all_of("logs") if "exception" in one["message"]],
        "the failure is logged",
    )
    kinds = ("logs", "flow_runs", "task_runs", "artifacts", "deployments", "block_documents")
    kept = {"events": served.events(""), **{kind: served.all_of(kind) for kind in kinds}}
    assert all(kept[kind] for kind in ("events", "logs", "task_runs", "artifacts"))
    secrets = [*SECRETS.values(), hook.address.rsplit("/", 1)[1], "of-another-server"]
    secrets += ["aws4_request", "X-Amz-Signature"]
    for secret in secrets:
        for what, found in kept.items():
            assert secret not in json.dumps(found), (what, secret)
        for folder in (ledger.home, served.keep, ROOT / "flows"):
            for path in (path for path in folder.rglob("*") if path.is_file()):
                assert secret.encode() not in path.read_bytes(), (path, secret)
        assert secret not in served.said.read_text(), secret
