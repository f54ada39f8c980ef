"""Events alone, hourly: who works where, and what they recover, without waiting for the next bill."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import State, flow, task

from flows.alerts import alert
from flows.ledger import CONFIG, ended, in_turn, say, turn_of
from flows.retries import RETRIES
from flows.telling import tell
from spaceledger import pipeline
from spaceledger.settings import load_settings


@task(name="pull events", tags=["spaceledger", "pull"], **RETRIES)
def pull_events(config: Path) -> int:
    """Fetches new log files, so that the ledger task finds them on this machine."""
    return in_turn(lambda: pipeline.fetch(load_settings(config), only_activity=True))


@task(name="take events into the ledger and publish it", tags=["spaceledger", "publish"])
def publish_events(config: Path) -> pipeline.Outcome:
    """Reads new log files alone; bills wait for the daily run."""
    settings = load_settings(config)
    return in_turn(lambda: pipeline.run(settings, only_activity=True, step=say))


@flow(name="activity", flow_run_name=lambda: f"activity {datetime.now(UTC):%Y-%m-%d %H:%M}")
def activity(config: Path = CONFIG) -> pipeline.Outcome | State[pipeline.Outcome]:
    """Takes new events in; does nothing where there are none."""
    with turn_of(config):
        pull_events(config)
        outcome = publish_events(config)
        tell(config, outcome)
        alert(config)
    return ended(outcome)
