"""The budgets page: which budgets hold, which do not, how they burn, and how good the forecasts were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from spaceledger.reports.budget_figures import FARTHEST, burn_up, standings
from spaceledger.reports.budget_tables import accuracy, days_of, past_periods, without_budget
from spaceledger.reports.build import Build, of_currency, space_path, space_title
from spaceledger.reports.panels import Chart, Column, Link, Page, Panel, Section, Table, Tile
from spaceledger.reports.tables import Row, rows
from spaceledger.reports.values import (
    add,
    count,
    exact,
    money,
    month,
    period_words,
    ratio,
)
from spaceledger.reports.words import BUDGET_STATUS_NAMES, BUDGET_STATUSES, MEASURES

PATH = "budgets.html"
_BURN_UPS = 12  # charts on one page; the rest stand on the pages of their spaces
_BULLETS = 30
_NO_BUDGETS = (
    "No budget is configured. Add a [[budgets]] table to spaceledger.toml: a name, a space, a domain or "
    'space = "*" for each space without its own, and an amount.'
)


def budgets_page(build: Build) -> Page:
    """Every budget of the present, and what has none."""
    name, meaning = MEASURES[build.measure]
    found = sorted({row["billing_currency"] for row in build.budgets})
    uncovered = {row["billing_currency"] for row in rows(build["spend_without_budget"])}
    currencies = [c for c in build.currencies if c in {*found, *uncovered}]
    currencies += [c for c in found if c not in currencies]
    return Page(
        path=PATH,
        template="page.html",
        title="Will the budgets hold",
        sections=[_section(build, currency) for currency in currencies],
        lead=(
            f"{name}: {meaning}, without tax, credits and unused commitment, through"
            f" {build.run['as_of']}. The band of a forecast holds four outcomes out of five."
        ),
        empty="" if build.budgets else _NO_BUDGETS,
    )


def burn_ups_of(build: Build, scope_arn: str, currency: str) -> list[Chart]:
    """The burn-up charts of one space's or domain's budgets."""
    own = build.budgets_of_scopes.get(scope_arn, [])
    return _burn_ups(build, [row for row in own if row["billing_currency"] == currency])


def _section(build: Build, currency: str) -> Section:
    budgets = [row for row in build.budgets if row["billing_currency"] == currency]
    panels: list[Panel] = []
    if budgets:
        panels += [_standings(budgets, currency), _table(build, budgets, currency)]
        panels += _burn_ups(build, budgets[:_BURN_UPS])
    panels += [without_budget(build, currency), past_periods(build, currency)]
    return Section(currency, _tiles(build, budgets, currency), panels)


def _tiles(build: Build, budgets: Sequence[Row], currency: str) -> Sequence[Tile]:
    by_status = {name: sum(row["status"] == name for row in budgets) for name in BUDGET_STATUSES}
    over = by_status["breached"] + by_status["breach_forecast"]
    period = build.period(currency) or ""
    without = [
        row["spent"]
        for row in rows(of_currency(build["spend_without_budget"], currency))
        if row["billing_period"] == period
    ]
    amount = add(without) or Decimal(0)
    unknown = by_status["unknown_scope"]
    return [
        Tile(
            "Budgets that do not hold",
            count(over),
            detail=f"{by_status['breached']} breached, {by_status['breach_forecast']} forecast to be",
            tone="warn" if over else "good",
        ),
        Tile("To watch", count(by_status["watch"]), detail="close to the amount, or may reach it"),
        Tile(
            "Hold",
            count(by_status["ok"]),
            detail=f"of {count(len(budgets))} budgets now, {by_status['no_data']} without a charge",
        ),
        Tile(
            f"Spend without a budget, {month(period)}" if period else "Spend without a budget",
            money(amount),
            currency,
            "of spaces, domains and nobody; listed below" if amount else "everything has one",
            exact(amount),
        ),
        Tile(
            "Of spaces nobody has seen",
            count(unknown),
            detail="check the ARN in the configuration"
            if unknown
            else "every budget has its space",
            tone="warn" if unknown else "",
        ),
    ]


def _standings(budgets: Sequence[Row], currency: str) -> Chart:
    shown = [row for row in budgets if row["amount"]][:_BULLETS]
    more = f" The {_BULLETS} gravest of {len(budgets)}." if len(budgets) > len(shown) else ""
    farthest = max(
        (max(row["spent"], row["forecast_high"] or 0) / row["amount"] for row in shown), default=0
    )
    cut = f" Bars end at {ratio(FARTHEST)} of the amount." if farthest > FARTHEST else ""
    lines = [
        [row["budget_name"], row["burn_ratio"], row["elapsed_ratio"], row["breach_probability"]]
        for row in shown
    ]
    columns = [
        Column("Budget"),
        Column("Spent of the amount", "share"),
        Column("Of the period gone", "share"),
        Column("Chance to reach the amount", "share"),
    ]
    return Chart(
        key=f"standings-{currency}",
        title="Where each budget stands",
        figure=standings(shown),
        table=Table("", columns, lines, is_folded=True, summary="The same as a table"),
        caption=(
            "In shares of its amount: the dark bar is what is spent, the pale bar the forecast's 80 % band "
            f"at the period's end, the tick what the plan lets be spent by now.{cut}{more}"
        ),
        empty="No budget of this currency has an amount above 0.",
    )


def _table(build: Build, budgets: Sequence[Row], currency: str) -> Table:
    known = accuracy(build)
    spaces = {space["space_arn"]: space for space in build.spaces}
    lines = [_line(row, spaces.get(row["scope_arn"]), known) for row in budgets]
    return Table(
        title="Budgets now",
        columns=[
            Column("Budget"),
            Column("Status"),
            Column(f"Amount ({currency})", "money"),
            Column("Spent", "money"),
            Column("Left", "money"),
            Column("Forecast", "money"),
            Column("From", "money", is_minor=True),
            Column("To", "money", is_minor=True),
            Column("Chance to reach it", "share"),
            Column("Reached on", "term"),
            Column("Forecasts like this", is_minor=True),
        ],
        rows=lines,
        caption=(
            f"Amounts in {currency}. Budgets may overlap, so they have no total. "
            + " ".join(f"{BUDGET_STATUS_NAMES[key]}: {words}." for key, words in _seen(budgets))
        ),
    )


def _seen(budgets: Sequence[Row]) -> list[tuple[str, str]]:
    there = {row["status"] for row in budgets}
    return [(key, words) for key, words in BUDGET_STATUSES.items() if key in there]


def _line(row: Row, space: Row | None, known: Mapping[tuple[str, str, str], str]) -> list[Any]:
    period = period_words(row["period_start"], row["period_end"])
    owner = f", {row['owner']}" if row["owner"] else ""
    scope = space_title(space) if space else row["scope_arn"].rsplit(":", 1)[-1]
    name = Link(
        row["budget_name"],
        space_path(space) if space else None,
        detail=row["scope_arn"],
        below=f"{period}, {scope}{owner}",
    )
    key = (row["scope_arn"], row["billing_currency"], row["period"])
    return [
        name,
        BUDGET_STATUS_NAMES[row["status"]],
        row["amount"],
        row["spent"],
        row["remaining"],
        row["forecast"],
        row["forecast_low"],
        row["forecast_high"],
        row["breach_probability"],
        _reached(row),
        known.get(key, "too few past periods"),
    ]


def _burn_ups(build: Build, budgets: Sequence[Row]) -> list[Chart]:
    charts = []
    for place, row in enumerate(budgets):
        days = build.burns[row["budget_name"], row["period_start"]]
        currency = row["billing_currency"]
        period = period_words(row["period_start"], row["period_end"])
        chart = Chart(
            key=f"burn-{currency}-{place}",
            title=f"{row['budget_name']}, {period}",
            figure=burn_up(days, row["amount"], currency),
            table=days_of(days, currency),
            caption=(
                f"{BUDGET_STATUSES[row['status']]}. Spent {money(row['spent'])} of"
                f" {money(row['amount'])} {currency}; {_outlook(row)}."
            ),
        )
        charts.append(chart)
    return charts


def _reached(row: Row) -> str:
    """The day the amount was reached, or is forecast to be."""
    if row["breach_date"] is None:
        return ""
    return str(row["breach_date"]) if row["status"] == "breached" else f"about {row['breach_date']}"


def _outlook(row: Row) -> str:
    if row["forecast"] is None:
        return "no forecast, as nothing is known of it"
    band = f"{money(row['forecast_low'])} to {money(row['forecast_high'])}"
    when = f", the amount reached {_reached(row)}" if row["breach_date"] else ""
    return f"forecast {money(row['forecast'])} ({band}){when}"
