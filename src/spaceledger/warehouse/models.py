"""SQL models: a file is a table, its folder the schema, its header comment the contract.

Header: a sentence; `grain: a, b`; `partition: billing_period`; `loaded: ...` (filled by Python, the
select is its empty shape); `computed: NAME from a, b; ...` (numbers that a Python function makes of
those tables); `columns:` with one `name: description` line each. Order is read from the SQL, never
from names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import duckdb

from spaceledger.errors import ModelError
from spaceledger.warehouse.connection import value

LAYERS = ("raw", "staging", "core", "marts")


@dataclass(frozen=True, slots=True)
class Model:
    """One SQL model as its file states it."""

    schema: str
    table: str
    description: str
    grain: tuple[str, ...]
    partition: str
    is_loaded: bool
    columns: tuple[tuple[str, str], ...]
    body: str
    references: frozenset[str] = frozenset()
    computer: str = ""
    inputs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.table}"

    @property
    def is_view(self) -> bool:
        """Staging only renames, casts and lifts: it stays a view."""
        return self.schema == "staging"


def header_lines(text: str) -> list[str]:
    """The comment lines a SQL file opens with, without their dashes."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line[2:].removeprefix(" "))
    return lines


def parse_model(path: Path) -> Model:
    """The model of a file. Raises ModelError where the header lacks a part."""
    text = path.read_text(encoding="utf-8")
    sentence, fields, columns = [], {}, []
    current = ""
    for line in header_lines(text):
        field = re.fullmatch(r"(grain|partition|loaded|computed|columns):\s*(.*)", line)
        if field:
            current = field[1]
            fields[current] = field[2].strip()
        elif current == "columns":
            name, colon, what = line.strip().partition(":")
            if colon and re.fullmatch(r"\w+", name):
                columns.append((name, what.strip()))
            elif columns:
                columns[-1] = (columns[-1][0], f"{columns[-1][1]} {line.strip()}")
        elif current:
            fields[current] += " " + line.strip()
        else:
            sentence.append(line.strip())
    if not sentence or not columns:
        raise ModelError("the header needs a sentence and columns", where=str(path))
    grain = tuple(part.strip() for part in fields.get("grain", "").split(",") if part.strip())
    unknown = set(grain) - {name for name, _ in columns}
    if unknown:
        raise ModelError(f"the grain names unknown columns {sorted(unknown)}", where=str(path))
    computed = re.match(r"(\w+) from ([\w., ]+)", fields.get("computed", ""))
    return Model(
        schema=path.parent.name,
        table=path.stem,
        description=" ".join(sentence),
        grain=grain,
        partition=fields.get("partition", ""),
        is_loaded="loaded" in fields,
        columns=tuple(columns),
        computer=computed[1] if computed else "",
        inputs=tuple(part.strip() for part in computed[2].split(",")) if computed else (),
        body="\n".join(text.splitlines()[len(header_lines(text)) :]).strip().rstrip(";"),
    )


def references(con: duckdb.DuckDBPyConnection, sql: str, where: str) -> frozenset[str]:
    """The schema-qualified tables a query reads, from DuckDB's own parse of it."""
    tree = json.loads(value(con, "select json_serialize_sql(?::varchar)", [sql]))
    if tree.get("error"):
        raise ModelError(f"is not one select: {tree.get('error_message', '')}", where=where)
    return frozenset(_base_tables(tree))


def _base_tables(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"
        for child in node.values():
            yield from _base_tables(child)
    elif isinstance(node, list):
        for child in node:
            yield from _base_tables(child)


_read: dict[tuple[tuple[Path, int], ...], tuple[Model, ...]] = {}


def read_models(con: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Model, ...]:
    """All models, each after those it reads; files are parsed again only where one changed.

    Raises ModelError for an unknown table, a lower layer that reads a higher one, or a cycle.
    """
    paths = [path for schema in LAYERS for path in sorted((folder / schema).glob("*.sql"))]
    files = tuple((path, path.stat().st_mtime_ns) for path in paths)
    if files not in _read:
        _read[files] = _read_models(con, folder)
    return _read[files]


def _read_models(con: duckdb.DuckDBPyConnection, folder: Path) -> tuple[Model, ...]:
    models: dict[str, Model] = {}
    for schema in LAYERS:
        for path in sorted((folder / schema).glob("*.sql")):
            parsed = parse_model(path)
            found = references(con, parsed.body, str(path))
            models[parsed.name] = replace(parsed, references=found | set(parsed.inputs))
    for model in models.values():
        for name in model.references:
            if name not in models:
                raise ModelError(f"reads {name}, which no file makes", where=model.name)
            if LAYERS.index(models[name].schema) > LAYERS.index(model.schema):
                raise ModelError(f"reads {name} of a higher layer", where=model.name)
    graph = {name: sorted(model.references) for name, model in models.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ModelError(f"models read each other: {' -> '.join(error.args[1])}") from None
    return tuple(models[name] for name in order)
