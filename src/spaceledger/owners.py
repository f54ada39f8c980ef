"""The owners file: who answers for a space or a domain, and which names are one person's."""

from __future__ import annotations

import csv
from pathlib import Path

from spaceledger.arn import DomainArn, SpaceArn
from spaceledger.errors import ConfigError

OWNER_COLUMNS = ("space_arn", "domain_arn", "team", "owner", "cost_centre", "display_name")
ALIAS_COLUMNS = ("alias", "user_name")
Owner = dict[str, str | None]


def read_owners(path: Path) -> tuple[list[Owner], dict[str, str]]:
    """Rows with every column of OWNER_COLUMNS, ARNs in lower case, empty cells as None; and aliases.

    A row with `alias` and `user_name` says that a name in events (any case) is that person's.
    Raises ConfigError naming the line of a bad ARN or alias, or an unknown column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or [])
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"the owners file cannot be read ({error})", where=str(path)) from error
    columns = (*OWNER_COLUMNS, *ALIAS_COLUMNS)
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise ConfigError(
            f"unknown column {unknown[0]}", where=str(path), todo=f"use {', '.join(columns)}"
        )
    owners: list[Owner] = []
    aliases: dict[str, str] = {}
    seen: set[str] = set()
    for line, row in rows:
        if any((row.get(name) or "").strip() for name in ALIAS_COLUMNS):
            _add_alias(aliases, row, f"{path}, line {line}")
            continue
        owner = _owner(
            {name: row.get(name) or "" for name in OWNER_COLUMNS}, f"{path}, line {line}"
        )
        key = owner["space_arn"] or owner["domain_arn"]
        if key is None or key in seen:
            what = "names the same ARN twice" if key else "needs a space_arn or a domain_arn"
            raise ConfigError(what, where=f"{path}, line {line}")
        seen.add(key)
        owners.append(owner)
    return owners, aliases


def _add_alias(aliases: dict[str, str], row: dict[str, str], where: str) -> None:
    alias, name = ((row.get(column) or "").strip() for column in ALIAS_COLUMNS)
    if not alias or not name or any(row.get(column) for column in OWNER_COLUMNS):
        raise ConfigError(
            "a row of an alias has alias and user_name, and nothing else", where=where
        )
    if aliases.setdefault(alias.lower(), name) != name:
        raise ConfigError(f"the alias {alias} stands for two people", where=where)


def _owner(row: dict[str, str], where: str) -> Owner:
    owner: Owner = {name: text.strip() or None for name, text in row.items()}
    for name, parse in (("space_arn", SpaceArn.parse), ("domain_arn", DomainArn.parse)):
        text = owner[name]
        parsed = parse(text) if text else None
        if text and parsed is None:
            raise ConfigError(f"{name} is malformed: {text}", where=where)
        owner[name] = str(parsed) if parsed else None
    return owner
