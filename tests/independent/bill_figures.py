"""What a bill must come to, worked out from its raw files with nothing of spaceledger.

Usage: python -m tests.independent.bill_figures PATH...

PATH is a bill file, a folder of them, or a manifest. A figure here is an expectation for the
product, so nothing in this folder may import the product.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.independent.costs import (
    amortized_cost,
    billed_cost,
    effective_cost,
    list_cost,
    unblended_cost,
)
from tests.independent.lines import (
    ZERO,
    billing_period,
    charge_type,
    currency,
    in_scope,
    space_of,
    usage_amount,
    usage_date,
    usage_type,
)
from tests.independent.readers import Line, read_bill

__all__ = [
    "Summary",
    "Sums",
    "amortized_cost",
    "billed_cost",
    "effective_cost",
    "in_scope",
    "list_cost",
    "read_bill",
    "space_of",
    "summarise",
    "unblended_cost",
]


@dataclass
class Sums:
    """Totals of some lines; `in_scope_*` counts those that belong in the ledger."""

    row_count: int = 0
    unblended: Decimal = ZERO
    billed: Decimal = ZERO
    effective: Decimal = ZERO
    amortized: Decimal = ZERO
    listed: Decimal = ZERO
    usage: Decimal = ZERO
    in_scope_rows: int = 0
    in_scope_billed: Decimal = ZERO
    in_scope_effective: Decimal = ZERO

    def add(self, line: Line, *, scoped: bool) -> None:
        """Count one more line."""
        billed, effective = billed_cost(line), effective_cost(line)
        self.row_count += 1
        self.unblended += unblended_cost(line)
        self.billed += billed
        self.effective += effective
        self.amortized += amortized_cost(line)
        self.listed += list_cost(line)
        self.usage += usage_amount(line)
        if scoped:
            self.in_scope_rows += 1
            self.in_scope_billed += billed
            self.in_scope_effective += effective

    def merge(self, other: "Sums") -> None:
        """Add the totals of other lines."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@dataclass
class Summary:
    """A bill's totals, by three keys. Currencies are never added, so each key ends in one."""

    # billing period, charge type, currency: every line
    charges: dict[tuple[str, str, str], Sums] = field(default_factory=lambda: defaultdict(Sums))
    # billing period, space ARN, usage date, currency: in-scope lines whose tag names a space
    space_days: dict[tuple[str, str, str, str], Sums] = field(
        default_factory=lambda: defaultdict(Sums)
    )
    # billing period, space ARN or None, usage type, currency: every line
    space_usage: dict[tuple[str, str | None, str, str], Sums] = field(
        default_factory=lambda: defaultdict(Sums)
    )

    def totals(self) -> dict[str, Sums]:
        """Totals of the whole bill, per currency."""
        by_currency: dict[str, Sums] = defaultdict(Sums)
        for (_, _, code), sums in self.charges.items():
            by_currency[code].merge(sums)
        return dict(by_currency)


def summarise(lines: Iterable[Line]) -> Summary:
    """Add up a bill in one pass."""
    summary = Summary()
    for line in lines:
        period, code, scoped = billing_period(line), currency(line), in_scope(line)
        summary.charges[period, charge_type(line), code].add(line, scoped=scoped)
        space = space_of(line)
        summary.space_usage[period, space, usage_type(line), code].add(line, scoped=scoped)
        if scoped and space:
            summary.space_days[period, space, usage_date(line), code].add(line, scoped=True)
    return summary


_COLUMNS = (
    "row_count",
    "unblended",
    "billed",
    "effective",
    "in_scope_rows",
    "in_scope_billed",
    "in_scope_effective",
)


def _plain(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else f"{value:,}"


def table(summary: Summary) -> str:
    """A bill's totals as text: a row per period, charge type and currency, then the totals."""
    keyed = [*sorted(summary.charges.items())]
    keyed += [(("total", "", code), sums) for code, sums in sorted(summary.totals().items())]
    rows = [["period", "charge type", "currency", *_COLUMNS]]
    rows += [[*key, *(_plain(getattr(sums, name)) for name in _COLUMNS)] for key, sums in keyed]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def main(arguments: list[str]) -> None:
    """Print the table of the bill files named on the command line."""
    if not arguments:
        raise SystemExit(__doc__)
    sys.stdout.write(table(summarise(read_bill([Path(a) for a in arguments]))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
