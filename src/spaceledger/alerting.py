"""Tells people what the published ledger has that needs a look, and notes in it who could not be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from spaceledger.alerts import OnNew, Told, read_channels, tell
from spaceledger.paths import Home
from spaceledger.settings import Settings
from spaceledger.warehouse import tables
from spaceledger.warehouse.connection import open_published
from spaceledger.warehouse.problems import ProblemRow

SOURCE = "alerts"  # of the problem rows


@dataclass(frozen=True)
class Telling:
    """What was told, and what the ledger must now say of channels that could not be."""

    told: Told
    problems: tuple[ProblemRow, ...]
    is_known: bool  # whether the published ledger says just that


def tell_people(
    settings: Settings, now: datetime, environment: Mapping[str, str], on_new: OnNew
) -> Telling:
    """Tells each channel of each standing alert once, and again when it is worse.

    A report of another day alarms nobody: one of days ago that is made again, or one of a day to come.
    """
    home = Home(settings.home)
    with open_published(home.ledger) as con:
        standing = tables.standing_alerts(con)
        known = tables.open_alert_problems(con)
    if silent := _silence(standing, now.date()):
        return Telling(Told(silent=silent), (), is_known=True)
    told = tell(
        standing.alerts,
        standing.movers,
        read_channels(settings.alerts.channels, environment),
        home.alerts,
        now,
        pages=settings.alerts.pages or str(settings.home / "reports" / "html" / "index.html"),
        build_id=standing.build_id,
        on_new=on_new,
    )
    problems = tuple(
        ProblemRow(SOURCE, one.channel, one.problem, "warning", one.detail, None, "alert")
        for one in told.problems
    )
    now_open = {(row.location, row.problem, row.detail) for row in problems}
    return Telling(told, problems, now_open == known)


def _silence(standing: tables.Standing, today: date) -> str:
    """Why nobody is told of what stands; nothing where people are."""
    newest = standing.newest_usage_date
    if standing.as_of > today:
        return f"nobody is told: the ledger is about {standing.as_of}, a day to come"
    # The two newest days are still filling up: a report of yesterday is one of now.
    if standing.as_of < today and newest and standing.as_of < newest - timedelta(days=2):
        return (
            f"nobody is told: the ledger is about {standing.as_of}, and usage is known to {newest}"
        )
    return ""
