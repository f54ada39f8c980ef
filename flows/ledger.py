"""What all flows share: which configuration, whose turn it is, what the log says, how a run ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from prefect import State, get_run_logger
from prefect.states import Completed

from spaceledger.errors import SpaceledgerError
from spaceledger.paths import Home
from spaceledger.pipeline import Outcome
from spaceledger.settings import load_settings
from spaceledger.turns import patiently, turn

# The worker's, so that no deployment holds a path of a machine.
CONFIG = Path(os.environ.get("SPACELEDGER_CONFIG") or "spaceledger.toml")
HELD_BACK = "Inputs held back"
T = TypeVar("T")


def say(text: str) -> None:
    """One line of the run's log, whatever strangers put into it."""
    get_run_logger().info("%s", " ".join(text.split()))


@contextmanager
def turn_of(config: Path) -> Iterator[None]:
    """Keeps the ledger for this run; waits where another flow run has it."""
    with turn(Home(load_settings(config).home), say):
        yield


def in_turn(work: Callable[[], T]) -> T:
    """Does a step; waits where a command, or a run on another machine, holds the ledger.

    Our errors are logged without what caused them: a service may say back what was sent to it.
    """
    try:
        return patiently(work, say)
    except SpaceledgerError as error:
        raise error from None


def ended(outcome: Outcome) -> Outcome | State[Outcome]:
    """How a run ends: in a completed state of another name where inputs are held back."""
    count = outcome.refused_count
    if not count:
        return outcome
    said = f"{count} input{'s are' if count > 1 else ' is'} held back; the rest is published"
    return Completed(name=HELD_BACK, message=said, data=outcome)
