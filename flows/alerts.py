"""Tells people what needs a look, and emits one Prefect event per new alert, so that automations can act."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from prefect import get_run_logger, task
from prefect.events import emit_event

from spaceledger import pipeline
from spaceledger.alerts import Message
from spaceledger.settings import load_settings


@task(name="alert")
def alert(config: Path) -> int:
    """Tells each channel once. A channel that fails is a problem row of the ledger, not a failed run."""
    told = pipeline.alert(load_settings(config), on_new=emit, step=get_run_logger().info)
    for problem in told.problems:
        get_run_logger().warning("%s: %s %s", problem.problem, problem.channel, problem.detail)
    if told.silent:
        get_run_logger().info(told.silent)
    return len(told.new)


def emit(message: Message) -> None:
    """One event per new alert."""
    # A hash: the key holds names that strangers wrote.
    mark = sha256(message.alert_key.encode()).hexdigest()[:24]
    emit_event(
        event=f"spaceledger.alert.{message.kind}",
        resource={
            "prefect.resource.id": f"spaceledger.alert.{mark}",
            "prefect.resource.name": message.title,
        },
        payload={
            "alert_key": message.alert_key,
            "kind": message.kind,
            "level": message.level,
            "title": message.title,
            "body": message.body,
        },
    )
