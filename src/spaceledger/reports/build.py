"""The marts of one build, and the questions every page asks of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from spaceledger.reports.tables import Row, ordered, present, rows, split, summed, where
from spaceledger.reports.values import slug
from spaceledger.reports.words import BUDGET_STATUS_NAMES

DAYS_SHOWN = 92


@dataclass(frozen=True)
class Build:
    """Marts by name, and the one row of `run`."""

    marts: Mapping[str, pa.Table]

    def __getitem__(self, mart: str) -> pa.Table:
        return self.marts[mart]

    @cached_property
    def run(self) -> Row:
        """What the build is about."""
        return rows(self.marts["run"])[0]

    @property
    def measure(self) -> str:
        """The cost column that pages count."""
        return str(self.run["cost_metric"])

    @cached_property
    def currencies(self) -> list[str]:
        """Every currency of the bills, the one with the most lines first."""
        lines = rows(summed(self["bill_reconciliation"], ["billing_currency"], "row_count"))
        found = {row["billing_currency"]: row["amount"] for row in lines}
        found |= {key[0]: found.get(key[0], 0) for key in self.months}
        return sorted((name for name in found if name), key=lambda name: (-found[name], name))

    @cached_property
    def data_through(self) -> date | None:
        """Newest day with usage in any bill that counts."""
        current = self["deliveries"].filter(pc.field("is_current"))
        newest: date | None = pc.max(current["data_through"]).as_py()
        return newest

    @cached_property
    def spaces(self) -> list[dict[str, Any]]:
        """Every known space, by ARN."""
        return sorted(rows(self["spaces"]), key=lambda space: str(space["space_arn"]))

    @cached_property
    def statuses(self) -> dict[str, str]:
        """Status of each billing period, of the bills that are added up."""
        found: dict[str, set[str]] = {}
        for row in rows(self["bill_reconciliation"]):
            if row["role"] != "compare":
                status = row["period_status"] or "unknown"
                found.setdefault(row["billing_period"], set()).add(status)
        return {key: status.pop() if len(status) == 1 else "mixed" for key, status in found.items()}

    @cached_property
    def months(self) -> dict[tuple[str, str | None, str], Decimal | None]:
        """The measure by currency, space and billing period; no space is a key as well."""
        keys = ["billing_currency", "space_arn", "billing_period"]
        amounts = rows(summed(self["space_spend_monthly"], keys, self.measure))
        return {(row[keys[0]], row[keys[1]], row[keys[2]]): row["amount"] for row in amounts}

    @cached_property
    def currencies_of_spaces(self) -> dict[str | None, set[str]]:
        """The currencies in which each space has charges."""
        found: dict[str | None, set[str]] = {}
        for currency, space_arn, _ in self.months:
            found.setdefault(space_arn, set()).add(currency)
        return found

    @cached_property
    def budgets(self) -> list[dict[str, Any]]:
        """Budgets whose period the build's day lies in, or has not begun; the gravest first."""
        as_of = pa.scalar(self.run["as_of"], pa.date32())
        status = self["budget_status"]
        found = rows(status.filter(pc.greater_equal(status["period_end"], as_of)))
        order = {status: place for place, status in enumerate(BUDGET_STATUS_NAMES)}
        found.sort(
            key=lambda row: (order[row["status"]], -(row["burn_ratio"] or 0), row["budget_name"])
        )
        return found

    @cached_property
    def budgets_of_scopes(self) -> dict[str, list[dict[str, Any]]]:
        """The same by space or domain."""
        found: dict[str, list[dict[str, Any]]] = {}
        for row in self.budgets:
            found.setdefault(row["scope_arn"], []).append(row)
        return found

    @cached_property
    def burns(self) -> dict[tuple[str, date], pa.Table]:
        """The days of each of these budgets, by name and first day of the period."""
        days = self["budget_burn_daily"]
        names = pa.array([row["budget_name"] for row in self.budgets], pa.string())
        by_name = split(days.filter(pc.is_in(days["budget_name"], names)), "budget_name")
        found = {}
        for row in self.budgets:
            own = by_name[row["budget_name"]]
            first = pa.scalar(row["period_start"], pa.date32())
            same = own.filter(pc.equal(own["period_start"], first))
            found[row["budget_name"], row["period_start"]] = ordered(same, "usage_date")
        return found

    def spaces_of(self, currency: str) -> list[dict[str, Any]]:
        """Spaces with charges in a currency; those without any charge stand in the first one."""
        without = {currency} if currency == self.currencies[0] else set()
        return [
            space
            for space in self.spaces
            if currency in self.currencies_of_spaces.get(space["space_arn"], without)
        ]

    def period(self, currency: str) -> str | None:
        """The month pages open with: the newest with cost, and not of the future where one is not."""
        periods = sorted({key[2] for key in self.months if key[0] == currency})
        begun = [period for period in periods if period <= f"{self.run['as_of']:%Y-%m}"]
        newest = begun or periods
        return newest[-1] if newest else None

    def amount(self, currency: str, space_arn: str | None, period: str) -> Decimal | None:
        """The measure of a space in a month; null where it has no charge."""
        return self.months.get((currency, space_arn, period))


def used(daily: pa.Table) -> pa.Table:
    """Charges of priced usage: tax, credits and fees bear dates that are not days of use."""
    return present(daily, "purchase_option")


def recent(daily: pa.Table) -> pa.Table:
    """The last days with usage."""
    last = pc.max(daily["usage_date"]).as_py()
    if last is None:
        return daily
    first = pa.scalar(last - timedelta(days=DAYS_SHOWN - 1), pa.date32())
    return daily.filter(pc.greater_equal(daily["usage_date"], first))


def of_currency(table: pa.Table, currency: str) -> pa.Table:
    """The rows of one currency."""
    return where(table, "billing_currency", currency)


def is_private(space: Row) -> bool:
    """Private spaces are shown apart; an unknown sharing type counts as shared."""
    return bool(space["sharing_type"] == "Private")


def space_title(space: Row) -> str:
    """What people call a space."""
    return str(space["space_display_name"] or space["space_name"] or space["space_arn"])


def domain_title(space: Row) -> str:
    """What people call its domain; its id where nothing is known."""
    return str(space["domain_name"] or (space["domain_arn"] or "").rsplit("/", 1)[-1] or "unknown")


def space_path(space: Row) -> str:
    """Where a space's page lies."""
    return f"spaces/{slug(space['space_arn'], space['space_name'])}.html"
