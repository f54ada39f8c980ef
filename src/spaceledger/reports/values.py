"""How values are shown: amounts, months, names. Money stays Decimal until it is drawn."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce

_CENT = Decimal("0.01")
# Control characters, and the marks that turn text around; joiners of emoji and scripts stay.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
# DECIMAL(38,12) holds more digits than Python's default context keeps.
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


def add(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum of amounts; null where none has a value."""
    known = [amount for amount in amounts if amount is not None]
    return reduce(_WIDE.add, known) if known else None


def money(amount: Decimal | None) -> str:
    """An amount with thousands separators and two decimals; what would round to nothing says so."""
    if amount is None:
        return "–"
    rounded = amount.quantize(_CENT, context=_WIDE)
    if amount and not rounded:
        return "<0.01" if amount > 0 else ">-0.01"
    return f"{rounded or abs(rounded):,}"


def exact(amount: Decimal | None) -> str:
    """An amount with every decimal it has."""
    if amount is None:
        return "–"
    text = f"{amount or abs(amount):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def ratio(value: float | None) -> str:
    """A share as a percentage with one decimal."""
    return "–" if value is None else f"{value:.1%}"


def change(value: float | None) -> str:
    """A change as a signed percentage; a tenfold rise and more as a factor."""
    if value is None:
        return "–"
    return f"×{value + 1:,.0f}" if value >= 9 else f"{value:+.1%}"


def change_ratio(now: Decimal | None, before: Decimal | None) -> float | None:
    """Change against the month before, as marts define it: null where that was not above zero."""
    if now is None or before is None or before <= 0:
        return None
    return float((now - before) / before)


def count(value: int | None) -> str:
    """A whole number with thousands separators."""
    return "–" if value is None else f"{value:,}"


def month(period: str) -> str:
    """'2026-09' as September 2026."""
    return f"{date.fromisoformat(f'{period}-01'):%B %Y}"


def month_before(period: str) -> str:
    """The billing period before one."""
    year, number = int(period[:4]), int(period[5:])
    return f"{year}-{number - 1:02}" if number > 1 else f"{year - 1}-12"


def period_words(first: date, last: date) -> str:
    """A period as people write it: September 2026, Q3 2026, 2026, or its two days."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    begins, ends = first.day == 1, (last + timedelta(days=1)).day == 1
    if not (begins and ends):
        return f"{first} to {last}"
    if months == 1:
        return f"{first:%B %Y}"
    if months == 3 and first.month % 3 == 1:
        return f"Q{first.month // 3 + 1} {first.year}"
    if months == 12 and first.month == 1:
        return str(first.year)
    return f"{first} to {last}"


def slug(arn: str, name: str | None) -> str:
    """A file name that is safe and unique whatever strangers named a space."""
    readable = re.sub(r"[^a-z0-9]+", "-", (name or "").lower()).strip("-")[:40].strip("-")
    return f"{readable or 'space'}-{hashlib.sha256(arn.encode()).hexdigest()[:12]}"


def visible(text: str) -> str:
    """Text whose direction marks and control characters can be seen, and do nothing."""
    return _UNSEEN.sub(lambda found: _mark(found[0]), text)


def _mark(char: str) -> str:
    return " " if char in "\t\n\r" else f"[U+{ord(char):04X}]"


def label(text: str | None) -> str:
    """Text for plotly, whose labels understand a little HTML and whose templates `%{...}`."""
    return html.escape(visible(text or ""), quote=False).replace("%{", "%&#123;")
