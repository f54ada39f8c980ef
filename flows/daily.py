"""The daily ledger: pull, then load to publish as one task, because DuckDB has one writer."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click
from prefect import State, flow, task

from flows.alerts import alert
from flows.ledger import CONFIG, ended, in_turn, say, turn_of
from flows.retries import RETRIES
from flows.telling import tell
from spaceledger import pipeline
from spaceledger.errors import SpaceledgerError
from spaceledger.settings import load_settings


@task(name="pull bills and events", tags=["spaceledger", "pull"], **RETRIES)
def pull_bills(config: Path) -> int:
    """Fetches what is new, so that the ledger task finds it on this machine."""
    return in_turn(lambda: pipeline.fetch(load_settings(config)))


@task(name="load, build, check and publish the ledger", tags=["spaceledger", "publish"])
def publish_ledger(
    config: Path, as_of: date | None, full_refresh: bool, again: tuple[str, str] | None = None
) -> pipeline.Outcome:
    """One writer, one transaction of files: published whole, or not at all."""
    settings = load_settings(config)
    return in_turn(
        lambda: pipeline.run(
            settings, as_of=as_of, full_refresh=full_refresh, again=again, step=say
        )
    )


@flow(name="daily", flow_run_name=lambda: f"daily {datetime.now(UTC):%Y-%m-%d}")
def daily(
    config: Path = CONFIG, as_of: date | None = None, full_refresh: bool = False
) -> pipeline.Outcome | State[pipeline.Outcome]:
    """Brings the ledger up to date and publishes it."""
    with turn_of(config):
        pull_bills(config)
        outcome = publish_ledger(config, as_of, full_refresh)
        tell(config, outcome)
        alert(config)
    return ended(outcome)


@click.command(epilog="Example: python -m flows.daily --config data-samples/spaceledger.toml")
@click.option("--config", type=click.Path(path_type=Path), default=CONFIG, show_default=True)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None)
@click.option("--full-refresh", is_flag=True)
def main(config: Path, as_of: object, full_refresh: bool) -> None:
    """Runs the daily flow once, here."""
    try:
        outcome = daily(config, as_of.date() if as_of else None, full_refresh)  # type: ignore[attr-defined]
    except SpaceledgerError as error:
        sys.exit(f"spaceledger: {error.line()}")
    click.echo(f"dashboards: {load_settings(config).home / 'reports' / 'html' / 'index.html'}")
    sys.exit(outcome.exit_code)  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
