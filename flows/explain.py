"""What a budget's money went to, written down when it is breached: an automation runs this."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run

from flows.ledger import CONFIG
from spaceledger.alerts.plain import plain
from spaceledger.settings import load_settings
from spaceledger.standing import budget_alerts


def _name() -> str:
    return f"explain {plain(flow_run.parameters.get('budget'))} on {datetime.now(UTC):%Y-%m-%d}"


@task(name="explain the budget", tags=["spaceledger"])
def explain_budget(config: Path, budget: str) -> int:
    """Leaves the artifact `budget-explained`; reads the published ledger and changes nothing."""
    found = budget_alerts(load_settings(config), budget)
    text = "\n\n".join(f"## {one.title}\n\n{one.body}" for one in found)
    create_markdown_artifact(
        text or f'Budget "{plain(budget)}" holds.',
        key="budget-explained",
        description="What the budget's money went to",
    )
    return len(found)


@flow(name="explain", flow_run_name=_name)
def explain(budget: str, config: Path = CONFIG) -> int:
    """What is spent of a budget, where it will end, and what moved it."""
    return explain_budget(config, budget)
