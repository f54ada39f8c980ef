"""How values are shown and added up for display. Money stays Decimal until it is drawn."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

Row = Mapping[str, Any]

MEASURES = {
    "effective_cost": "effective cost",
    "amortized_cost": "amortized cost",
    "billed_cost": "billed cost",
    "list_cost": "list cost",
}


def money(amount: Decimal | None) -> str:
    """An amount with thousands separators and two decimals; tiny ones keep their digits."""
    if amount is None:
        return "–"
    if amount and abs(amount) < Decimal("0.005"):
        return f"{amount.normalize():.2E}" if abs(amount) < Decimal("0.0001") else f"{amount:.4f}"
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_EVEN):,}"


def exact(amount: Decimal | None) -> str:
    """An amount with every decimal it has."""
    return "–" if amount is None else f"{amount.normalize():,f}"


def percent(ratio: float | None, *, signed: bool = False) -> str:
    """A ratio as a percentage with one decimal."""
    if ratio is None:
        return "–"
    return f"{ratio:+.1%}" if signed else f"{ratio:.1%}"


def total(rows: Iterable[Row], column: str) -> Decimal:
    """The exact sum of a column; nulls count nothing."""
    return sum((row[column] for row in rows if row[column] is not None), Decimal(0))


def by(rows: Iterable[Row], *columns: str) -> dict[tuple[Any, ...], list[Row]]:
    """Rows grouped by columns, groups in order of first sight."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[column] for column in columns), []).append(row)
    return groups


def slug(arn: str, name: str) -> str:
    """A file name that is safe and unique whatever strangers named a space."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "space"
    return f"{readable}-{hashlib.sha256(arn.encode()).hexdigest()[:10]}"


def plain(text: str) -> str:
    """Text for plotly, whose labels understand a little HTML."""
    return html.escape(text, quote=False)
