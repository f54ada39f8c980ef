"""A range of billing periods again, for months that AWS corrected or that were read wrongly."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows.alerts import alert
from flows.daily import publish_ledger, pull_bills, tell
from spaceledger import pipeline


@flow(name="backfill", flow_run_name="backfill {first} to {last}")
def backfill(first: str, last: str, config: Path = Path("spaceledger.toml")) -> pipeline.Outcome:
    """Loads the deliveries of `first` to `last` ('2026-05', both included) once more and publishes."""
    pull_bills(config)
    outcome = publish_ledger(config, None, False, (first, last))
    tell(config, outcome)
    alert(config)
    return outcome
