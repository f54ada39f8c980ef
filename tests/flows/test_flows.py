"""The flows as Prefect runs them, on a server of their own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flows.activity import activity
from flows.backfill import backfill
from flows.daily import daily
from flows.retries import is_transient
from prefect.artifacts import Artifact

from spaceledger.errors import SourceError, TransientSourceError
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_incremental_events import CONFIGURATION, arn, call, write_log


def test_the_daily_flow_publishes_and_tells_what_it_did(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    outcome = daily(ledger.config, date(2026, 10, 1), False)
    assert outcome.published
    assert ledger.query("select effective_cost from marts.space_spend_monthly") == [(Decimal(5),)]
    table = Artifact.get("daily-ledger", _sync=True)
    assert table is not None
    assert "2026-09" in str(table.data)
    link = Artifact.get("dashboards", _sync=True)
    assert link is not None
    assert "index.html" in str(link.data)


def test_a_backfill_loads_its_periods_again_and_no_others(ledger: Ledger) -> None:
    for period in ("2026-07", "2026-08", "2026-09"):
        write_cur(ledger.bill, period, [{"space": SPACE, "cost": "5"}])
    ledger.run()
    outcome = backfill("2026-08", "2026-09", ledger.config)
    assert [row.period for row in outcome.loaded] == ["2026-08", "2026-09"]
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal(15),)
    ]
    assert ledger.query("select count(*) from marts.restatements") == [(0,)]


def test_the_activity_flow_takes_in_new_events_and_leaves_bills(ledger: Ledger) -> None:
    ledger.configure(CONFIGURATION.format(""))
    write_cur(ledger.bill, "2026-09", [{"resource": arn("red"), "cost": "5", "day": "2026-09-04"}])
    write_log(
        ledger.root / "trail", "one", [call("DescribeEndpoint", "red", "", "2026-09-03T09:00:00Z")]
    )
    daily(ledger.config)
    assert not activity(ledger.config).published
    write_cur(ledger.bill, "2026-10", [{"space": SPACE, "cost": "7"}])
    write_log(
        ledger.root / "trail", "two", [call("CreateEndpoint", "red", SPACE, "2026-09-04T09:00:00Z")]
    )
    outcome = activity(ledger.config)
    assert outcome.read == (("trail", 1, 1, 1),)
    assert ledger.query("select billing_period, space_arn from marts.space_spend_monthly") == [
        ("2026-09", SPACE)
    ]
    table = Artifact.get("daily-ledger", _sync=True)
    assert table is not None
    assert "Trails read" in str(table.data)


def test_only_transient_errors_are_retried() -> None:
    from prefect.states import exception_to_failed_state
    from prefect.utilities.asyncutils import run_coro_as_sync

    def of(error: Exception) -> object:
        return run_coro_as_sync(exception_to_failed_state(error))

    assert is_transient(None, None, of(TransientSourceError("slow")))  # type: ignore[arg-type]
    assert not is_transient(None, None, of(SourceError("denied")))  # type: ignore[arg-type]
