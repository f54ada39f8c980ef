"""What a run did, as Markdown for a flow's artifact. Strangers' names are shown as plain text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from spaceledger.pipeline import Outcome


def markdown(outcome: Outcome) -> str:
    """Tables of what was loaded, reconciled and held back."""
    if not outcome.published:
        return f"Nothing new; build {outcome.build_id} stands."
    parts = [f"Build `{outcome.build_id}`", "## Loaded"]
    parts.append(_table(("Source", "Period", "Delivery", "Rows", "In the ledger"), outcome.loaded))
    if outcome.read:
        parts.append("## Trails read")
        parts.append(_table(("Trail", "Files", "Events", "Of SageMaker"), outcome.read))
    parts.append("## Reconciled")
    names = ("Period", "Source", "Currency", "Bill", "Ledger", "Outside", "Difference", "Status")
    parts.append(_table(names, outcome.reconciliation))
    parts.append("## Held back and noticed")
    held = ("Source", "Where", "Problem", "Severity", "Detail", "Period")
    parts.append(_table(held, outcome.problems) if outcome.problems else "Nothing.")
    return "\n\n".join(parts)


def _table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(names)} |", "|" + " --- |" * len(names)]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else "" if value is None else str(value)
    escaped = html.escape(" ".join(text.split()))
    for mark in "|`*_[]":
        escaped = escaped.replace(mark, f"&#{ord(mark)};")
    return escaped
