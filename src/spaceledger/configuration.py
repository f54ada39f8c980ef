"""What the configuration says, as the ledger keeps it, and the hashes that tell when it changed."""

from __future__ import annotations

import hashlib
from collections.abc import Container
from pathlib import Path

from spaceledger import anomalies, forecast, reports
from spaceledger.errors import ConfigError
from spaceledger.owners import read_owners
from spaceledger.paths import dashboards_dir, sql_dir
from spaceledger.settings import Settings
from spaceledger.warehouse import tables
from spaceledger.warehouse.state import MadeWith, hash_of

# What decides how a delivered line becomes a raw row; the rest of sql/ only reads raw rows.
_LOADING_SQL = ("macros", "load", "raw")
_READING_SQL = ("staging", "core", "marts")
_CODE_OF_NUMBERS_AND_PAGES = (
    Path(reports.__file__).parent,
    Path(forecast.__file__).parent,
    Path(anomalies.__file__),
)


def made_with(settings: Settings) -> MadeWith:
    """Hashes of all that decides what a build holds, apart from its inputs."""
    # Whom to tell and how long copies are kept changes no number.
    said = settings.model_dump_json(
        exclude={"home": True, "keep_landing_days": True, "alerts": {"channels", "pages"}}
    )
    configuration = hashlib.sha256(said.encode())
    if settings.owners and settings.owners.is_file():
        configuration.update(settings.owners.read_bytes())
    return MadeWith(
        load_hash=hash_of(sql_dir() / name for name in _LOADING_SQL),
        sql_hash=hash_of(sql_dir() / name for name in (*_LOADING_SQL, *_READING_SQL)),
        report_hash=hash_of([dashboards_dir(), sql_dir() / "panels", *_CODE_OF_NUMBERS_AND_PAGES]),
        configuration_hash=configuration.hexdigest(),
    )


def take_configuration(
    con: tables.Connection, settings: Settings, *, listed: Container[str] = ()
) -> None:
    """Replaces owners, aliases, sources and the spaces named in the configuration.

    `listed` are the trails that were just looked at where they lie now.
    """
    owners, aliases = read_owners(settings.owners) if settings.owners else ([], {})
    spaces = [(row["space_arn"], "owners file") for row in owners if row["space_arn"]]
    spaces += [
        (b.space, f"budget {b.name}") for b in settings.budgets if b.space not in {None, "*"}
    ]
    roles = {source.name: source.role for source in settings.costs}
    trails = {trail.name: (trail.address, trail.start) for trail in settings.activity}
    tables.take_configuration(
        con,
        owners=owners,
        aliases=aliases,
        spaces=spaces,
        roles=roles,
        trails=trails,
        listed=listed,
        budgets=settings.budgets,
    )


def refuse_same_bill_twice(con: tables.Connection) -> None:
    """Raises ConfigError where two sources deliver the same bill and neither is there to compare."""
    for payer, period, sources in tables.bills_delivered_twice(con):
        raise ConfigError(
            f"{sources} both deliver the bill of payer account {payer} for {period}",
            where="costs",
            todo='remove one of them, or give it role = "compare"',
        )
