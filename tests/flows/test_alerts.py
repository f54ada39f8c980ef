"""One event for each new alert, so that automations can act on it."""

from __future__ import annotations

from datetime import date
from typing import Any

import flows.alerts
import pytest
from prefect.logging import disable_run_logger

from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger


def test_each_new_alert_is_one_event(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[dict[str, Any]] = []
    monkeypatch.setattr(flows.alerts, "emit_event", lambda **event: events.append(event))
    budget = '[[budgets]]\nname = "{}"\nspace = "{}"\namount = 10\n'
    ledger.configure(
        'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
        + budget.format("fraud", SPACE)
        + budget.format("churn <b>", OTHER_SPACE)
    )
    lines = [{"space": space, "cost": "12", "day": "2026-09-02"} for space in (SPACE, OTHER_SPACE)]
    write_cur(ledger.bill, "2026-09", lines)
    ledger.run(as_of=date(2026, 9, 3))
    with disable_run_logger():
        assert flows.alerts.alert.fn(ledger.config) == 2
        assert flows.alerts.alert.fn(ledger.config) == 0
    assert [event["event"] for event in events] == ["spaceledger.alert.breached"] * 2
    assert {event["payload"]["alert_key"] for event in events} == {
        "breached|fraud|2026-09-01|10.000000000000",
        "breached|churn <b>|2026-09-01|10.000000000000",
    }
    names = {event["resource"]["prefect.resource.id"] for event in events}
    assert len(names) == 2
    assert all(name.removeprefix("spaceledger.alert.").isalnum() for name in names)
    assert all(event["payload"]["level"] == 1 for event in events)
    assert not any("<" in event["payload"]["title"] for event in events)
