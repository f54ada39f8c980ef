"""What a run leaves in Prefect: tables of what it did and of what stands, and a link to the pages."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_link_artifact, create_markdown_artifact

from flows.events import ledger_stands
from spaceledger import summary
from spaceledger.paths import Home
from spaceledger.pipeline import Outcome
from spaceledger.settings import load_settings
from spaceledger.standing import read_standing


@task(name="tell what stands", tags=["spaceledger"])
def tell(config: Path, outcome: Outcome) -> None:
    """Leaves the artifacts `load-summary`, `spaces-over-budget`, `problems` and `dashboards`."""
    settings = load_settings(config)
    home = Home(settings.home)
    standing = read_standing(home)
    tables = {
        "load-summary": (summary.load_summary(outcome), "What was loaded and reconciled"),
        "spaces-over-budget": (
            summary.over_budget(standing.budgets),
            "Budgets that are breached, forecast to be, or watched",
        ),
        "problems": (summary.problems(standing.problems), "What is held back or was noticed"),
    }
    for key, (text, description) in tables.items():
        create_markdown_artifact(text, key=key, description=description)
    pages = settings.alerts.pages or (home.reports / "html" / "index.html").as_uri()
    create_link_artifact(pages, key="dashboards", link_text="Dashboards")
    ledger_stands(home, outcome)
