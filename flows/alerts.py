"""Tells people what needs a look, and emits an event for each new alert and each budget that changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prefect import get_run_logger, task
from prefect.blocks.system import Secret

from flows.events import alert_raised, budget_changed
from flows.ledger import in_turn, say
from spaceledger import pipeline
from spaceledger.paths import Home
from spaceledger.settings import load_settings
from spaceledger.standing import announce_budgets, read_standing


@task(name="alert", tags=["spaceledger"])
def alert(config: Path) -> int:
    """Tells each channel once. A channel that fails is a problem row of the ledger, not a failed run."""
    settings = load_settings(config)
    known = addresses(settings.alerts.channels)
    told = in_turn(
        lambda: pipeline.alert(settings, environment=known, on_new=alert_raised, step=say)
    )
    for problem in told.problems:
        get_run_logger().warning("%s: %s %s", problem.problem, problem.channel, problem.detail)
    if told.silent:
        say(told.silent)
    else:
        home = Home(settings.home)
        announce_budgets(home, read_standing(home).budgets, budget_changed)
    return len(told.new)


def addresses(names: Iterable[str]) -> dict[str, str]:
    """What the named variables hold: of the environment, or else of the Secret block of that name.

    SPACELEDGER_SLACK is the block `spaceledger-slack`. An address is a secret: it is never logged.
    """
    return {name: os.environ.get(name, "").strip() or _secret(name) for name in names}


def _secret(name: str) -> str:
    try:
        block = Secret.load(name.lower().replace("_", "-"), _sync=True)  # type: ignore[call-arg]
    except ValueError:
        return ""
    kept = block.value.get_secret_value()  # `get` would read JSON out of it
    return kept if isinstance(kept, str) else ""
