"""The month close: last month's bill again, and the files to charge it from, final or not yet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import State, flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.alerts import alert
from flows.daily import publish_ledger, pull_bills
from flows.events import month_closed
from flows.ledger import CONFIG, HELD_BACK, turn_of
from flows.telling import tell
from spaceledger import summary
from spaceledger.chargeback import Chargeback, write_chargeback
from spaceledger.paths import Home
from spaceledger.period import BillingPeriod
from spaceledger.settings import load_settings

NOT_FINAL = "Month not final"


def _month(asked: str | None) -> BillingPeriod:
    today = datetime.now(UTC).date()
    return BillingPeriod.asked(asked) if asked else BillingPeriod(today.year, today.month).previous


def _name() -> str:
    month = BillingPeriod.parse(flow_run.parameters.get("period") or "") or _month(None)
    return f"close {month} on {datetime.now(UTC):%Y-%m-%d}"


@task(name="write the chargeback", tags=["spaceledger"])
def charge_back(config: Path, month: str) -> Chargeback:
    """Writes the month's files under `home/chargebacks/` and leaves the artifact `month-close`."""
    home, period = Home(load_settings(config).home), BillingPeriod.asked(month)
    written = write_chargeback(home, period, home.chargebacks / month)
    text = summary.month_close(written)
    create_markdown_artifact(text, key="month-close", description="The month's cost, final or not")
    month_closed(written)
    return written


@flow(name="close", flow_run_name=_name)
def close(period: str | None = None, config: Path = CONFIG) -> Chargeback | State[Chargeback]:
    """Loads last month (or `period`) once more, publishes, and writes what to charge it from.

    Ends as "Month not final" while AWS may still change the month.
    """
    month = str(_month(period))
    with turn_of(config):
        pull_bills(config)
        outcome = publish_ledger(config, None, False, (month, month))
        tell(config, outcome)
        written = charge_back(config, month)
        alert(config)
    if outcome.refused_count:
        said = f"{outcome.refused_count} inputs are held back; {month} is {written.period_status}"
        return Completed(name=HELD_BACK, message=said, data=written)
    if written.warning:
        return Completed(name=NOT_FINAL, message=written.warning, data=written)
    return written
