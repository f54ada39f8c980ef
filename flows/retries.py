"""When a pull is tried again: where the source did not answer this time, and only then."""

from __future__ import annotations

from typing import Any

from prefect.client.schemas.objects import TaskRun
from prefect.states import State
from prefect.tasks import Task

from spaceledger.errors import TransientSourceError


def is_transient(_: Task, __: TaskRun, state: State) -> bool:
    """Whether a retry makes sense: the source did not answer this time."""
    return isinstance(state.result(raise_on_failure=False, _sync=True), TransientSourceError)


RETRIES: dict[str, Any] = {
    "retries": 4,
    "retry_delay_seconds": [10, 30, 90, 270],
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": is_transient,
}
