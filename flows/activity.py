"""Events alone, hourly: who works where, and what they recover, without waiting for the next bill."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger, task

from flows.alerts import alert
from flows.daily import tell
from flows.retries import RETRIES
from spaceledger import pipeline
from spaceledger.settings import load_settings


@task(name="pull events", **RETRIES)
def pull_events(config: Path) -> int:
    """Fetches new log files, so that the ledger task finds them on this machine."""
    return pipeline.fetch(load_settings(config), only_activity=True)


@task(name="take events into the ledger and publish it")
def publish_events(config: Path) -> pipeline.Outcome:
    """Reads new log files alone; bills wait for the daily run."""
    return pipeline.run(load_settings(config), only_activity=True, step=get_run_logger().info)


@flow(name="activity", flow_run_name=lambda: f"activity {datetime.now(UTC):%Y-%m-%d %H:00}")
def activity(config: Path = Path("spaceledger.toml")) -> pipeline.Outcome:
    """Takes new events in; does nothing where there are none."""
    pull_events(config)
    outcome = publish_events(config)
    tell(config, outcome)
    alert(config)
    return outcome
