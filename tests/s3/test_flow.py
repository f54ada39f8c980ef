"""Faults of S3 as the daily flow meets them: which are its task's to retry, and what a person is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import flows.daily
import pytest
from click.testing import CliRunner
from prefect.testing.utilities import prefect_test_harness

from spaceledger import pipeline
from spaceledger.errors import SourceError
from spaceledger.settings import Settings
from spaceledger.sources import patience
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger
from tests.s3.proxy import Proxy, always
from tests.s3.server import Server


@pytest.fixture(scope="module", autouse=True)
def prefect_server() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def remote(ledger: Ledger, server: Server, proxy: Proxy, bucket: str) -> Ledger:
    write_cur(ledger.root / "in", "2026-09", [{"space": SPACE, "cost": "5"}])
    server.upload(ledger.root / "in", bucket, "cur/")
    ledger.configure(
        f'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://{bucket}/cur/report"\n'
        f'endpoint_url = "{proxy.endpoint}"\n'
    )
    return ledger


@pytest.fixture
def pulls(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Every attempt of the pull task, which has next to no patience of its own and does not wait."""
    attempts: list[Settings] = []
    fetch = pipeline.fetch

    def counted(settings: Settings, **options: object) -> int:
        attempts.append(settings)
        return fetch(settings, **options)  # type: ignore[arg-type]

    at_once = flows.daily.pull_bills.with_options(retry_delay_seconds=0, retry_jitter_factor=None)
    monkeypatch.setattr(flows.daily, "pull_bills", at_once)
    monkeypatch.setattr(pipeline, "fetch", counted)
    monkeypatch.setattr(patience, "PATIENCE", patience.Patience(0, 0.001, 0.001))
    return attempts


@pytest.mark.parametrize("ending", ["", "-Manifest.json", ".csv.gz"])
@pytest.mark.parametrize("fault", ["503 SlowDown", "504 GatewayTimeout", "reset"])
def test_a_fault_that_outlasts_the_pulls_patience_is_the_tasks_to_retry(
    fault: str, ending: str, remote: Ledger, proxy: Proxy, pulls: list[Settings]
) -> None:
    # obstore asks first, then boto3.
    proxy.rule = always(fault, ending, times=2 if ending else 1)
    flows.daily.daily(remote.config, date(2026, 10, 1), False)
    assert remote.query("select effective_cost from marts.space_spend_monthly") == [(Decimal(5),)]
    assert len(pulls) == 2


@pytest.mark.parametrize("fault", ["403 AccessDenied", "403 ExpiredToken"])
def test_a_refusal_is_not_retried(
    fault: str, remote: Ledger, proxy: Proxy, pulls: list[Settings]
) -> None:
    proxy.rule = always(fault)
    with pytest.raises(SourceError, match=r"^s3://bucket-[\d-]+/cur/report/: "):
        flows.daily.daily(remote.config, date(2026, 10, 1), False)
    assert len(pulls) == 1
    assert not (remote.home / "ledger.duckdb").exists()


def test_the_command_says_it_in_one_line(
    remote: Ledger, proxy: Proxy, pulls: list[Settings]
) -> None:
    proxy.rule = always("403 AccessDenied")
    result = CliRunner().invoke(flows.daily.main, ["--config", str(remote.config)])
    assert result.exit_code == 1
    said = [line for line in result.output.splitlines() if line.startswith("spaceledger:")]
    assert len(said) == 1
    assert said[0].endswith(
        "/cur/report/: access is denied (AccessDenied) - allow s3:ListBucket on"
        f" {said[0].split('/')[2]} (prefix cur/report/*): `spaceledger iam-policy` prints the policy"
    )
    assert "Traceback" not in result.output
