"""What a run did and what stands, as Markdown for a flow's artifacts. Strangers' names are plain text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from decimal import Decimal

from spaceledger.alerts.plain import money
from spaceledger.chargeback import Chargeback
from spaceledger.pipeline import Outcome
from spaceledger.standing import OVER, BudgetState

LISTED = 200  # more than anyone reads; the pages and `marts.ingest_problems` have all


def load_summary(outcome: Outcome) -> str:
    """Tables of what was loaded, read and reconciled."""
    if not outcome.published:
        return f"Nothing new; build `{outcome.build_id}` stands."
    parts = [f"Build `{outcome.build_id}`", "## Loaded"]
    parts.append(_table(("Source", "Period", "Delivery", "Rows", "In the ledger"), outcome.loaded))
    if outcome.read:
        parts.append("## Trails read")
        parts.append(_table(("Trail", "Files", "Events", "Of SageMaker"), outcome.read))
    parts.append("## Reconciled")
    names = ("Period", "Source", "Currency", "Bill", "Ledger", "Outside", "Difference", "Status")
    parts.append(_table(names, outcome.reconciliation))
    return "\n\n".join(parts)


def over_budget(budgets: Iterable[BudgetState]) -> str:
    """A table of the spaces and domains whose budget is breached, forecast to be, or watched, worst first."""
    known = list(budgets)
    rows = [
        (
            one.space_name or one.scope_arn,
            one.budget_name,
            one.status.replace("_", " "),
            _money(one.spent, one),
            _money(one.amount, one),
            _money(one.forecast, one),
            f"{one.period_start} to {one.period_end}",
            one.owner,
        )
        for one in known
        if one.status in OVER
    ]
    if not rows:
        return "Every budget holds." if known else "There are no budgets."
    names = (
        "Space or domain",
        "Budget",
        "Status",
        "Spent",
        "Amount",
        "Forecast",
        "Period",
        "Owner",
    )
    return _table(names, rows)


def problems(rows: Iterable[Sequence[object]]) -> str:
    """A table of what is held back and noticed: source, place, problem, severity, detail, period."""
    known = list(rows)
    if not known:
        return "Nothing is held back, and nothing was noticed."
    return _table(("Source", "Where", "Problem", "Severity", "Detail", "Period"), known)


def month_close(written: Chargeback) -> str:
    """What a month came to, whether it is final, and where its files lie."""
    parts = [_cell(written.warning or f"{written.period} is final: AWS has invoiced it.")]
    parts += ["\n".join(f"- {_cell(line)}" for line in written.lines())]
    return "\n\n".join(parts)


def _money(amount: Decimal | None, budget: BudgetState) -> str:
    return "" if amount is None else money(amount, budget.billing_currency)


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    known = list(rows)
    lines = [f"| {' | '.join(names)} |", "|" + " --- |" * len(names)]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in known[:LISTED]]
    more = f"\n\nand {len(known) - LISTED:,} more" if len(known) > LISTED else ""
    return "\n".join(lines) + more


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
    escaped = html.escape(" ".join(text.split()))
    for mark in "|`*_[]~":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    # Of a bare address Markdown makes a link.
    return escaped.replace("://", "&#58;//").replace("www.", "www&#46;")
