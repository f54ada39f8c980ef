"""Checks: a query in `sql/checks/` returns the offending rows; a grain is unique, null being a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from spaceledger.errors import ModelError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run, value
from spaceledger.warehouse.models import Model, header_lines

_SAMPLE = 3


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: how many rows offend it, and a few of them."""

    name: str
    description: str
    severity: str  # fail stops the run; warn is shown
    failures: int
    sample: tuple[tuple[Any, ...], ...]

    def line(self) -> str:
        """What a person reads."""
        rows = "; ".join(
            ", ".join(str(cell) for cell in row if cell is not None) for row in self.sample
        )
        return f"{self.name}: {self.failures} rows ({rows[:300]})"


def run_checks(
    con: duckdb.DuckDBPyConnection, models: tuple[Model, ...], *, everything: bool = False
) -> list[CheckResult]:
    """All checks on the periods this build made anew, or on everything."""
    run(con, "create or replace temp table checked_period as select billing_period from " + (
        "(select distinct billing_period from raw.deliveries)" if everything else "core.rebuilt_period"
    ))  # fmt: skip
    return [*_file_checks(con), *_grain_checks(con, models)]


def _file_checks(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    for path in sorted((sql_dir() / "checks").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        header = " ".join(header_lines(text))
        found = re.search(r"severity:\s*(fail|warn)\b", header)
        if not found:
            raise ModelError("the header needs severity: fail or warn", where=str(path))
        body = text.strip().rstrip(";")
        count = int(value(con, f"select count(*) from (\n{body}\n)"))
        sample = (
            run(con, f"select * from (\n{body}\n) order by all limit {_SAMPLE}") if count else []
        )
        description = header.split("severity:")[0].strip()
        yield CheckResult(path.stem, description, found[1], count, tuple(sample))


def _grain_checks(
    con: duckdb.DuckDBPyConnection, models: tuple[Model, ...]
) -> Iterator[CheckResult]:
    for model in models:
        if not model.grain or model.is_view:
            continue
        some = (
            f"where {model.partition} in (select billing_period from checked_period)"
            if model.partition
            else ""
        )
        columns = ", ".join(model.grain)
        query = (
            f"select {columns}, count(*) as row_count from {model.name} {some}"
            " group by all having count(*) > 1"
        )
        count = int(value(con, f"select count(*) from ({query})"))
        sample = run(con, f"{query} order by all limit {_SAMPLE}") if count else []
        yield CheckResult(
            f"{model.name}__grain_is_unique",
            f"One row per {columns}.",
            "fail",
            count,
            tuple(sample),
        )
