"""What the published ledger already holds, so that a run with nothing new does nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from spaceledger.warehouse.connection import open_published, run

# A file written this shortly before it was hashed may change again within its timestamp's grain.
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True)
class State:
    """Identities loaded and refused, hashes of known files, and what the last build was made with."""

    loaded: frozenset[tuple[str, str]] = frozenset()  # source, identity
    refused: frozenset[tuple[str, str]] = frozenset()  # source, identity
    pull_problems: frozenset[tuple[str, str, str, str | None]] = frozenset()
    error_count: int = 0
    hashes: dict[str, dict[tuple[str, int, int], str]] = field(default_factory=dict)
    sql_hash: str = ""
    configuration_hash: str = ""
    as_of: date | None = None


def read_state(ledger: Path) -> State:
    """The state of a ledger; empty where there is none."""
    if not ledger.exists():
        return State()
    with open_published(ledger) as con:
        deliveries = run(
            con, "select source, identity, objects, loaded_at from raw.deliveries where is_current"
        )
        problems = run(
            con,
            "select source, location, problem, billing_period, severity, origin, identity"
            " from raw.ingest_problems where is_open",
        )
        builds = run(
            con,
            "select sql_hash, configuration_hash, as_of from raw.builds order by build_id desc limit 1",
        )
    hashes: dict[str, dict[tuple[str, int, int], str]] = {}
    for source, _, objects, loaded_at in deliveries:
        settled = _nanoseconds(loaded_at) - _SETTLED_NS
        for key, size, modified, mark in json.loads(objects):
            if modified < settled:
                hashes.setdefault(source, {})[key, size, modified] = mark
    last = builds[0] if builds else ("", "", None)
    return State(
        loaded=frozenset((source, identity) for source, identity, _, _ in deliveries),
        refused=frozenset((p[0], p[6]) for p in problems if p[5] == "load" and p[4] == "error"),
        pull_problems=frozenset((p[0], p[1], p[2], p[3]) for p in problems if p[5] == "pull"),
        error_count=sum(1 for p in problems if p[4] == "error"),
        hashes=hashes,
        sql_hash=last[0],
        configuration_hash=last[1],
        as_of=last[2],
    )


def _nanoseconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp() * 1_000_000_000)
