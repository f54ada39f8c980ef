"""What the published ledger already holds, so that a run with nothing new does nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from spaceledger.warehouse.connection import open_published, run

# A file written this shortly before it was hashed may change again within its timestamp's grain.
_SETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class MadeWith:
    """Hashes of what decides a build apart from its inputs: loading SQL, all SQL, settings, and code.

    `report_hash` is of the Python that makes numbers and pages.
    """

    load_hash: str = ""
    sql_hash: str = ""
    report_hash: str = ""
    configuration_hash: str = ""


@dataclass(frozen=True)
class State:
    """Identities loaded and refused, hashes of known files, and what the last build was made with."""

    loaded: frozenset[tuple[str, str]] = frozenset()  # source, identity
    refused: frozenset[tuple[str, str]] = frozenset()  # source, identity
    pull_problems: frozenset[tuple[str, str, str, str | None]] = frozenset()
    # Source, location, problem and period of each, and what the API was asked as.
    api_problems: frozenset[tuple[str, str, str, str | None, str]] = frozenset()
    snapshots: dict[str, tuple[str, str]] = field(default_factory=dict)  # source: asked as, digest
    # Account and request of each backfill of tags that was done when the ledger was built.
    tag_backfills: frozenset[tuple[str, datetime]] = frozenset()
    error_count: int = 0
    hashes: dict[str, dict[tuple[str, int, int], str]] = field(default_factory=dict)
    # Of each source: key, size and time of writing of an object, and the delivery it was loaded as.
    loaded_as: dict[str, dict[tuple[str, int, int], str]] = field(default_factory=dict)
    unfetched_logs: frozenset[tuple[str, str]] = frozenset()  # trail, address
    made_with: MadeWith = MadeWith()
    as_of: date | None = None

    def rebuild_cause(self, now: MadeWith) -> str:
        """Why every period must be built anew: code, configuration, or "" where none must."""
        if not self.made_with.sql_hash:
            return ""
        if self.made_with.sql_hash != now.sql_hash:
            return "code"
        return (
            "" if self.made_with.configuration_hash == now.configuration_hash else "configuration"
        )


def hash_of(folders: Iterable[Path]) -> str:
    """A hash of the names and bytes of some files, and of all files in some folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{folder.name}/{path.relative_to(folder).as_posix()}\0".encode())
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_state(ledger: Path) -> State:
    """The state of a ledger; empty where there is none."""
    if not ledger.exists():
        return State()
    with open_published(ledger) as con:
        deliveries = run(
            con,
            "select source, identity, objects, loaded_at, delivery_id from raw.deliveries where is_current",
        )
        problems = run(
            con,
            "select source, location, problem, billing_period, severity, origin, identity"
            " from raw.ingest_problems where is_open",
        )
        snapshots = _snapshots(con)
        tag_backfills = _tag_backfills(con)
        build = con.sql("select * from raw.builds order by build_id desc limit 1").to_arrow_table()
    hashes: dict[str, dict[tuple[str, int, int], str]] = {}
    loaded_as: dict[str, dict[tuple[str, int, int], str]] = {}
    for source, _, objects, loaded_at, delivery_id in deliveries:
        settled = _nanoseconds(loaded_at) - _SETTLED_NS
        for key, size, modified, mark in json.loads(objects):
            loaded_as.setdefault(source, {})[key, size, modified] = delivery_id
            if modified < settled:
                hashes.setdefault(source, {})[key, size, modified] = mark
    last = build.to_pylist()[0] if build.num_rows else {}
    return State(
        loaded=frozenset((row[0], row[1]) for row in deliveries),
        refused=frozenset((p[0], p[6]) for p in problems if p[5] == "load" and p[4] == "error"),
        pull_problems=frozenset((p[0], p[1], p[2], p[3]) for p in problems if p[5] == "pull"),
        api_problems=frozenset((*p[:4], p[6]) for p in problems if p[5] == "api"),
        snapshots=snapshots,
        tag_backfills=tag_backfills,
        error_count=sum(1 for p in problems if p[4] == "error"),
        hashes=hashes,
        loaded_as=loaded_as,
        unfetched_logs=frozenset((p[0], p[1]) for p in problems if p[2] == "unfetched_trail_file"),
        made_with=MadeWith(**{f.name: last.get(f.name) or "" for f in fields(MadeWith)}),
        as_of=last.get("as_of"),
    )


def _snapshots(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    """What each API was asked as and the digest of what it told; empty for a ledger of before."""
    if not run(con, "select 1 from duckdb_tables() where table_name = 'api_snapshots'"):
        return {}
    rows = run(con, "select source, asked_as, digest from raw.api_snapshots where ended_at is null")
    return {source: (asked_as, digest) for source, asked_as, digest in rows}


def _tag_backfills(con: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, datetime]]:
    if not run(con, "select 1 from duckdb_tables() where table_name = 'tag_backfills'"):
        return frozenset()
    done = "select account_id, requested_at from raw.tag_backfills where status = 'SUCCEEDED'"
    return frozenset(run(con, done))


def _nanoseconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp() * 1_000_000_000)
