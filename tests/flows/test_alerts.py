"""One event for each new alert and each budget that changed, and where the addresses of channels come from."""

from __future__ import annotations

from datetime import date
from typing import Any

import flows.alerts
import flows.events
import pytest
from prefect.blocks.system import Secret
from prefect.logging import disable_run_logger

from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.receiver import Hook

HEAD = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
BUDGET = '[[budgets]]\nname = "{}"\nspace = "{}"\namount = 10\n'


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(flows.events, "emit_event", lambda **event: seen.append(event))
    return seen


def publish(ledger: Ledger, cost: str = "12", head: str = HEAD) -> None:
    ledger.configure(head + BUDGET.format("fraud", SPACE) + BUDGET.format("churn <b>", OTHER_SPACE))
    lines = [{"space": space, "cost": cost, "day": "2026-09-02"} for space in (SPACE, OTHER_SPACE)]
    write_cur(ledger.bill, "2026-09", lines, assembly=f"assembly-{ledger.runs}")
    ledger.run(as_of=date(2026, 9, 3))


def alert(ledger: Ledger) -> int:
    with disable_run_logger():
        return flows.alerts.alert.fn(ledger.config)


def test_each_new_alert_is_one_event(ledger: Ledger, events: list[dict[str, Any]]) -> None:
    publish(ledger)
    assert [alert(ledger), alert(ledger)] == [2, 0]
    told = [event for event in events if event["event"].startswith("spaceledger.alert.")]
    assert [event["event"] for event in told] == ["spaceledger.alert.breached"] * 2
    assert {event["payload"]["alert_key"] for event in told} == {
        "breached|fraud|2026-09-01|10.000000000000",
        "breached|churn <b>|2026-09-01|10.000000000000",
    }
    names = {event["resource"]["prefect.resource.id"] for event in told}
    assert len(names) == 2
    assert all(name.removeprefix("spaceledger.alert.").isalnum() for name in names)
    assert all(event["payload"]["level"] == 1 for event in told)
    assert not any("<" in event["payload"]["title"] for event in told)


def test_each_budget_that_changed_is_one_event(
    ledger: Ledger, events: list[dict[str, Any]]
) -> None:
    publish(ledger)
    alert(ledger)
    publish(ledger, "0.1")
    alert(ledger)
    alert(ledger)
    found = [event for event in events if event["event"].startswith("spaceledger.budget.")]
    assert [event["event"] for event in found] == [
        *["spaceledger.budget.breached"] * 2,
        *["spaceledger.budget.ok"] * 2,
    ]
    fraud = next(one for one in found if one["payload"]["budget_name"] == "fraud")
    assert fraud["payload"] == {
        "budget_name": "fraud",
        "status": "breached",
        "period_start": "2026-09-01",
        "period_end": "2026-09-30",
        "amount": "10.000000000000",
        "spent": "12.000000000000",
        "billing_currency": "USD",
        "text": 'Budget "fraud" is breached: 12.00 USD spent of 10.00 USD, 2026-09-01 to 2026-09-30',
    }
    assert fraud["resource"]["prefect.resource.name"] == "fraud"
    assert not any("<" in one["payload"]["text"] for one in found)


def test_a_report_of_a_day_to_come_changes_no_budget(
    ledger: Ledger, events: list[dict[str, Any]]
) -> None:
    publish(ledger)
    ledger.run(as_of=date(2099, 1, 1))
    assert alert(ledger) == 0
    assert events == []
    assert not (ledger.home / "budget-states.json").exists()


def test_an_address_comes_from_the_environment_or_else_from_a_secret_block(
    ledger: Ledger, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(ledger, head=HEAD + '[alerts]\nchannels = ["TEAM_ALERTS", "NOBODY_SET_THIS"]\n')
    Secret(value=hook.address).save("team-alerts", overwrite=True, _sync=True)
    assert alert(ledger) == 2
    assert len(hook.got) == 2
    assert ledger.query("select location, problem from marts.ingest_problems") == [
        ("NOBODY_SET_THIS", "alert_channel_missing")
    ]
    monkeypatch.setenv("TEAM_ALERTS", "json://127.0.0.1:1/environment")
    assert flows.alerts.addresses(["TEAM_ALERTS"]) == {
        "TEAM_ALERTS": "json://127.0.0.1:1/environment"
    }
