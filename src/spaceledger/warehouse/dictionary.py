"""The data dictionary, read from the headers of the models readers are given."""

from __future__ import annotations

from spaceledger.paths import sql_dir
from spaceledger.warehouse.models import Model, parse_model

READERS = ("core", "marts")


def documented() -> list[Model]:
    """Models of the schemas for readers, by name."""
    paths = [path for schema in READERS for path in sorted((sql_dir() / schema).glob("*.sql"))]
    return [parse_model(path) for path in paths]


def page(model: Model) -> str:
    """One table as text: its sentence, its grain, its columns."""
    lines = [model.name, f"  {model.description}"]
    if model.grain:
        lines.append(f"  grain: {', '.join(model.grain)}")
    width = max(len(name) for name, _ in model.columns)
    lines += [f"    {name.ljust(width)}  {what}" for name, what in model.columns]
    return "\n".join(lines)
