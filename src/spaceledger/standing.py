"""What stands in the published ledger: how budgets do, and what is wrong with the inputs.

Which status of a budget was announced last is kept in `home/budget-states.json`, so that a change is
announced once whichever run brought it about, and by the next one where a crash came between.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from spaceledger.alerts import Message, message
from spaceledger.errors import HomeError
from spaceledger.paths import Home
from spaceledger.settings import Settings
from spaceledger.warehouse import reader, tables
from spaceledger.warehouse.connection import open_published

OVER = ("breached", "breach_forecast", "watch")
# Of a budget that nothing is known of there is nothing to announce.
ANNOUNCED = (*OVER, "ok")

# The periods that alerts look at too: late charges may breach one in the days after it.
_BUDGETS = """
    select
        budget_name, period_start, period_end, scope, scope_arn, space_name, owner, status, amount,
        spent, forecast, billing_currency
    from marts.budget_status
    where period_start <= as_of and as_of <= period_end + 7
    order by
        list_position(['breached', 'breach_forecast', 'watch', 'ok'], status) nulls last,
        burn_ratio desc nulls last, budget_name, period_start
"""
_PROBLEMS = """
    select source, location, problem, severity, detail, billing_period
    from marts.ingest_problems
    order by list_position(['error', 'warning', 'notice'], severity), source, location, problem
"""


@dataclass(frozen=True, slots=True)
class BudgetState:
    """How one budget does in one of its periods. Amounts are exact, in `billing_currency`."""

    budget_name: str
    period_start: date
    period_end: date
    scope: str
    scope_arn: str
    space_name: str | None
    owner: str | None
    status: str
    amount: Decimal
    spent: Decimal | None
    forecast: Decimal | None
    billing_currency: str

    @property
    def key(self) -> str:
        """What its announcements are kept under."""
        return f"{self.budget_name}|{self.period_start}"


@dataclass(frozen=True)
class Standing:
    """Budgets, the worst first, and open problems: source, location, problem, severity, detail, period."""

    budgets: tuple[BudgetState, ...]
    problems: tuple[tuple[Any, ...], ...]


def read_standing(home: Home) -> Standing:
    """What stands in the published ledger. Raises HomeError where there is none."""
    with reader.reading(home) as con:
        budgets = reader.query_table(con, _BUDGETS, {}).to_pylist()
        problems = reader.query_table(con, _PROBLEMS, {}).to_pylist()
    return Standing(
        tuple(BudgetState(**row) for row in budgets), tuple(tuple(row.values()) for row in problems)
    )


def budget_alerts(settings: Settings, budget_name: str) -> tuple[Message, ...]:
    """What people are told of a budget as things stand, with what moved it; none where it holds."""
    home = Home(settings.home)
    with open_published(home.ledger) as con:
        standing = tables.standing_alerts(con)
    pages = settings.alerts.pages or str(home.reports / "html" / "index.html")
    movers = standing.movers.to_pylist()
    return tuple(
        message(
            row,
            [mover for mover in movers if mover["alert_key"] == row["alert_key"]],
            pages,
            standing.build_id,
        )
        for row in standing.alerts.to_pylist()
        if row["period_start"] and row["subject"] == budget_name
    )


def announce_budgets(
    home: Home, budgets: Iterable[BudgetState], on_change: Callable[[BudgetState], object]
) -> int:
    """Calls `on_change` for each budget whose status is another than the one announced last.

    One that was never announced counts as ok before. Returns how many changed. Two calls for one home
    must not overlap; raises HomeError where the home cannot be written.
    """
    before = _announced(home.budget_states)
    after: dict[str, str] = {}
    changed = 0
    for budget in budgets:
        last = before.get(budget.key, "ok")
        after[budget.key] = budget.status if budget.status in ANNOUNCED else last
        if after[budget.key] != last:
            on_change(budget)
            changed += 1
    if after != before:
        _keep(home.budget_states, after)
    return changed


def _announced(path: Path) -> dict[str, str]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}  # announced twice is better than never
    return kept if isinstance(kept, dict) else {}


def _keep(path: Path, states: dict[str, str]) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        fresh.write_text(json.dumps(states, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise HomeError(
            f"cannot be written ({error.strerror or error})",
            where=str(path),
            todo="free space or grant access, then run again; the published ledger stands",
        ) from error
