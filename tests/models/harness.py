"""Runs one SQL model on given rows: tables of every model's true types, none of them built by another.

A case file holds `defaults` (columns every given row of a table gets unless it says otherwise) and
`cases`, each with a `name`, `given` (rows by table; absent columns are null), `expect` (rows with the
columns that matter, in any order) and, where a rule is known to be broken, `xfail` with the reason.
Decimals are written as strings and compared exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import SCHEMAS, create_macros, run
from spaceledger.warehouse.models import Model, parse_model, read_models, references

FOLDER = Path(__file__).parent
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """One case of one model."""

    model: str
    name: str
    given: dict[str, Rows]
    expect: Rows
    xfail: str


def read_cases() -> list[Case]:
    """The cases of every YAML file below this folder; folder and file name the model."""
    cases = []
    for path in sorted(FOLDER.glob("*/*.yaml")):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        defaults = raw.get("defaults", {})
        for case in raw["cases"]:
            unknown = set(case) - {"name", "given", "expect", "xfail"}
            assert not unknown, f"{path}: {case['name']} has {unknown}"
            given = {
                table: [defaults.get(table, {}) | row for row in rows]
                for table, rows in (raw.get("always", {}) | case["given"]).items()
            }
            cases.append(
                Case(
                    f"{path.parent.name}.{path.stem}",
                    case["name"],
                    given,
                    case["expect"],
                    case.get("xfail", ""),
                )
            )
    return cases


class Models:
    """Every model as an empty table, and the queries that would fill them; panels are queries alone."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        run(self.con, "set timezone = 'UTC'")
        for schema in SCHEMAS:
            run(self.con, f"create schema {schema}")
        create_macros(self.con)
        self.models: dict[str, Model] = {}
        self.types: dict[str, dict[str, str]] = {}
        for model in read_models(self.con, sql_dir()):
            run(self.con, f"create table {model.name} as select * from ({model.body}) limit 0")
            described = run(self.con, f"describe {model.name}")
            self.models[model.name] = model
            self.types[model.name] = {row[0]: row[1] for row in described}
        shared: set[str] = set()
        for path in sorted((sql_dir() / "panels" / "shared").glob("*.sql")):
            part = parse_model(path)
            shared |= references(self.con, part.body, str(path))
            run(self.con, f"create temp view {path.stem} as {part.body}")
        for path in sorted((sql_dir() / "panels").glob("*.sql")):
            panel = parse_model(path)
            read = references(self.con, panel.body, str(path)) | shared
            self.models[panel.name] = replace(panel, references=read)
            described = run(self.con, f"describe {panel.body}")
            self.types[panel.name] = {row[0]: row[1] for row in described}

    def close(self) -> None:
        self.con.close()

    def evaluate(self, name: str, given: Mapping[str, Rows]) -> Rows:
        """The rows of one model over these rows; the tables are empty again afterwards."""
        model = self.models[name]
        unread = set(given) - model.references
        assert not unread, f"{name} does not read {unread}"
        run(self.con, "begin")
        try:
            for table, rows in given.items():
                for row in rows:
                    self._insert(table, row)
            answer = self.con.execute(f"select * from ({model.body})")
            columns = [column[0] for column in answer.description]
            return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]
        finally:
            run(self.con, "rollback")

    def _insert(self, table: str, row: Mapping[str, Any]) -> None:
        types = self.types[table]
        unknown = set(row) - set(types)
        assert not unknown, f"{table} has no column {unknown}"
        inexact = {name for name, cell in row.items() if isinstance(cell, float)}
        assert not inexact, f"{table}: write {inexact} as strings"
        names = ", ".join(f"cast(? as {types[name]}) as {name}" for name in row)
        values = [None if cell is None else str(cell) for cell in row.values()]
        run(self.con, f"insert into {table} by name select {names}", values)


def comparable(cell: Any, like: Any) -> Any:
    """A cell as its YAML says it: decimals exactly, dates and times as their text."""
    if isinstance(cell, Decimal):
        assert like is None or isinstance(like, str), f"write {like} as a string"
        return cell
    return cell if isinstance(cell, (int, float, bool)) or cell is None else str(cell)


def stated(cell: Any, like: Any) -> Any:
    """A stated cell, as a decimal where the model's column holds decimals."""
    if isinstance(cell, str) and isinstance(like, Decimal):
        return Decimal(cell)
    return cell if isinstance(cell, (int, float, bool)) or cell is None else str(cell)


def compared(found: Rows, expect: Rows) -> tuple[Rows, Rows]:
    """Both sides with only the columns the case states, as equal lists where they are equal as bags."""
    columns = list(dict.fromkeys(name for row in expect for name in row))
    ragged = [row for row in expect if set(row) != set(columns)]
    assert not ragged, f"every expected row states the same columns; {ragged[0]} does not"
    if not expect:
        return found, expect
    unknown = set(columns) - set(found[0]) if found else set()
    assert not unknown, f"the model has no column {unknown}"
    samples = {
        name: next((row[name] for row in found if row[name] is not None), None) for name in columns
    }
    left = [{name: comparable(row[name], None) for name in columns} for row in found]
    right = [{name: stated(row[name], samples[name]) for name in columns} for row in expect]
    return sorted(left, key=_order), sorted(right, key=_order)


def _order(row: Mapping[str, Any]) -> list[str]:
    return [
        f"{cell.normalize():f}" if isinstance(cell, Decimal) else str(cell) for cell in row.values()
    ]
