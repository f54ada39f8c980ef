"""A range of billing periods again: months that AWS corrected, or that were read wrongly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import State, flow
from prefect.runtime import flow_run

from flows.alerts import alert
from flows.daily import publish_ledger, pull_bills
from flows.ledger import CONFIG, ended, turn_of
from flows.telling import tell
from spaceledger import pipeline
from spaceledger.errors import SpaceledgerError
from spaceledger.period import months_again


def _name() -> str:
    today, given = datetime.now(UTC).date(), flow_run.parameters
    try:
        first, last = months_again(given.get("first"), given.get("last"), today)
    except SpaceledgerError:  # the run itself says so
        return f"backfill {today}"
    return f"backfill {first} to {last} on {today}"


@flow(name="backfill", flow_run_name=_name)
def backfill(
    first: str | None = None, last: str | None = None, config: Path = CONFIG
) -> pipeline.Outcome | State[pipeline.Outcome]:
    """Loads the deliveries of `first` to `last` ('2026-05', both included) once more and publishes.

    Without them it takes the two months before this one, which AWS may still correct.
    """
    begin, end = months_again(first, last, datetime.now(UTC).date())
    with turn_of(config):
        pull_bills(config)
        outcome = publish_ledger(config, None, False, (str(begin), str(end)))
        tell(config, outcome)
        alert(config)
    return ended(outcome)
