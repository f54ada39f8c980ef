"""Tells people what the published ledger has that needs a look, and notes in it who could not be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from spaceledger.alerts import Told, read_channels, tell
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
    settings: Settings, now: datetime, environment: Mapping[str, str]
) -> Telling | None:
    """Tells each channel of each standing alert once, and again when it is worse.

    None where the published ledger is about a day of the past: a report made again alarms nobody.
    """
    home = Home(settings.home)
    with open_published(home.ledger) as con:
        standing = tables.standing_alerts(con)
        known = tables.open_alert_problems(con)
    if standing.is_past:
        return None
    told = tell(
        standing.alerts,
        standing.movers,
        read_channels(settings.alerts.channels, environment),
        home.alerts,
        now,
        pages=settings.alerts.pages or str(settings.home / "reports" / "html" / "index.html"),
        build_id=standing.build_id,
    )
    problems = tuple(
        ProblemRow(SOURCE, one.channel, one.problem, "warning", one.detail, None, "alert")
        for one in told.problems
    )
    now_open = {(row.location, row.problem, row.detail) for row in problems}
    return Telling(told, problems, now_open == known)
