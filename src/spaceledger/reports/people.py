"""Who works in spaces, and what costs money while nobody is seen at work."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from spaceledger.reports.build import Build, of_currency, space_path, space_title
from spaceledger.reports.panels import Column, Link, Table
from spaceledger.reports.tables import Row, rows, where
from spaceledger.reports.values import add, money, month, ratio
from spaceledger.reports.words import IDENTITIES, PEOPLE

_MONTHS_SHOWN = 3
_MOST_UNATTENDED = 15
_RANGE = (
    "Work in a notebook need not call AWS, so this is a range: the higher figure counts days without a "
    "write call or a session opened by anybody, the lower one only days that began more than 12 hours "
    "after the last."
)


def people(build: Build, space_arn: str) -> Table:
    """Who worked in a space in its last months, and what a month cost per person."""
    found = rows(where(build["space_users_monthly"], "space_arn", space_arn))
    months = sorted({row["billing_period"] for row in found}, reverse=True)[:_MONTHS_SHOWN]
    shown = [row for row in found if row["billing_period"] in months]
    shown.sort(key=lambda row: (-months.index(row["billing_period"]), row["event_count"]))
    return Table(
        title="People",
        columns=[
            Column("Month", "term"),
            Column("Person"),
            Column("Known by"),
            Column("Active days", "count"),
            Column("Calls", "count"),
            Column("Share of calls", "share"),
        ],
        rows=[
            [
                month(row["billing_period"]),
                row["user_name"] or "nobody the trail names",
                IDENTITIES.get(row["identity_evidence"], row["identity_evidence"]),
                row["active_days"],
                row["event_count"],
                row["share"],
            ]
            for row in reversed(shown)
        ],
        caption=_per_person(build, space_arn),
        empty="No call in this space is on record. Name a CloudTrail trail in an [[activity]] entry of "
        "spaceledger.toml to see who works here.",
    )


def _per_person(build: Build, space_arn: str) -> str:
    found = rows(where(build["space_people_monthly"], "space_arn", space_arn))
    if not found:
        return ""
    newest = max(row["billing_period"] for row in found)
    return " ".join(_sentence(row) for row in found if row["billing_period"] == newest)


def _sentence(row: Row) -> str:
    cost = row["cost_per_active_user"]
    parts = [f"{month(row['billing_period'])}: {PEOPLE.get(row['people'], row['people'])}"]
    if cost is not None:
        parts.append(f"{money(cost)} {row['billing_currency']} effective cost per active person")
    if row["unidentified_share"]:
        parts.append(f"{ratio(row['unidentified_share'])} of calls name nobody")
    return "; ".join(parts) + "."


def unattended_of(build: Build, space_arn: str, currency: str) -> Table:
    """What a space cost in the last 30 days while nobody was seen at work in it."""
    found = rows(of_currency(where(build["unattended_spend"], "space_arn", space_arn), currency))
    return _unattended(found, currency, [(_resource(row),) for row in found], ["Resource"])


def unattended(build: Build, currency: str) -> Table:
    """The dearest of it, over all spaces."""
    spaces = {space["space_arn"]: space for space in build.spaces}
    found = rows(of_currency(build["unattended_spend"], currency))
    found.sort(key=lambda row: (-row["cost_high"], row["resource_id"]))
    heads = []
    for row in found[:_MOST_UNATTENDED]:
        space = spaces.get(row["space_arn"])
        title = Link(space_title(space), space_path(space)) if space else row["space_arn"]
        heads.append((title, (space or {}).get("owner")))
    return _unattended(found[:_MOST_UNATTENDED], currency, heads, ["Space", "Whom to ask"])


def _resource(row: Row) -> str:
    return str(row["resource_id"])


def _unattended(
    found: list[dict[str, Any]], currency: str, heads: list[tuple[Any, ...]], names: list[str]
) -> Table:
    whole = [add([row[name] for row in found]) or Decimal(0) for name in ("cost_low", "cost_high")]
    window = f"{found[0]['window_start']} to {found[0]['window_end']}. " if found else ""
    return Table(
        title="While nobody was seen at work",
        columns=[
            Column(names[0], "code" if names[0] == "Resource" else "text"),
            *(Column(name, is_minor=True) for name in names[1:]),
            Column("Category", "term"),
            Column("Last seen at work", "term"),
            Column("Days", "count"),
            Column(f"At least ({currency})", "money"),
            Column(f"At most ({currency})", "money"),
        ],
        rows=[
            [
                *head,
                row["spend_category"],
                f"{row['last_active_at']:%Y-%m-%d %H:%M}" if row["last_active_at"] else "never",
                row["unattended_days"],
                row["cost_low"],
                row["cost_high"],
            ]
            for head, row in zip(heads, found, strict=True)
        ],
        total=["Total", *("" for _ in names[1:]), "", "", "", *whole] if found else (),
        caption=window + _RANGE,
        empty="Nothing ran or stood idle without somebody at work, or no trail tells of it.",
    )
