"""One Prefect event for each alert, each budget that changed and each state of the data, for automations."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from prefect.events import emit_event

from spaceledger.alerts import Message
from spaceledger.alerts.plain import money, plain, quoted
from spaceledger.chargeback import Chargeback
from spaceledger.paths import Home
from spaceledger.pipeline import Outcome
from spaceledger.standing import BudgetState


def _mark(text: str) -> str:
    """A hash: keys and paths hold names that strangers wrote."""
    return sha256(text.encode()).hexdigest()[:24]


def _emit(event: str, resource: str, name: str, payload: Mapping[str, object]) -> None:
    known_as = {"prefect.resource.id": resource, "prefect.resource.name": name}
    emit_event(event=event, resource=known_as, payload=dict(payload))


def alert_raised(message: Message) -> None:
    """`spaceledger.alert.<kind>`: people are told of this for the first time, or that it is worse."""
    payload = {
        "alert_key": message.alert_key,
        "kind": message.kind,
        "level": message.level,
        "title": message.title,
        "body": message.body,
    }
    mark = f"spaceledger.alert.{_mark(message.alert_key)}"
    _emit(f"spaceledger.alert.{message.kind}", mark, message.title, payload)


def budget_changed(budget: BudgetState) -> None:
    """`spaceledger.budget.<status>`: breached, breach_forecast, watch or ok, and it was another before."""
    payload = {
        "budget_name": budget.budget_name,
        "status": budget.status,
        "period_start": str(budget.period_start),
        "period_end": str(budget.period_end),
        "amount": f"{budget.amount:f}",
        "spent": f"{budget.spent or 0:f}",
        "billing_currency": budget.billing_currency,
        "text": f"Budget {quoted(budget.budget_name)} is {budget.status.replace('_', ' ')}:"
        f" {money(budget.spent or budget.amount * 0, budget.billing_currency)} spent of"
        f" {money(budget.amount, budget.billing_currency)},"
        f" {budget.period_start} to {budget.period_end}",
    }
    mark = f"spaceledger.budget.{_mark(budget.budget_name)}"
    _emit(f"spaceledger.budget.{budget.status}", mark, plain(budget.budget_name), payload)


def ledger_stands(home: Home, outcome: Outcome) -> None:
    """`spaceledger.ledger.published` or `.unchanged`, and `.held_back` where inputs are."""
    states = ["published" if outcome.published else "unchanged"]
    states += ["held_back"] if outcome.refused_count else []
    payload = {"build_id": outcome.build_id, "refused_count": outcome.refused_count}
    mark = f"spaceledger.ledger.{_mark(str(home.root))}"
    for state in states:
        _emit(f"spaceledger.ledger.{state}", mark, f"ledger {plain(home.root.name)}", payload)


def month_closed(written: Chargeback) -> None:
    """`spaceledger.month.<period_status>`: final, estimated, open, unknown or mixed."""
    month, status = str(written.period), written.period_status
    payload = {"billing_period": month, "period_status": status, "build_id": written.build_id}
    _emit(f"spaceledger.month.{status}", f"spaceledger.month.{month}", month, payload)
