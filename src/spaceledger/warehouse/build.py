"""Builds core and marts from raw: only the billing periods that something changed.

Affected periods are those with a new delivery and those where the evidence of a resource, or the name
of a space, differs from the last build. Changed SQL or configuration rebuilds all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import duckdb

from spaceledger.errors import ModelError
from spaceledger.paths import sql_dir
from spaceledger.warehouse import previous, problems
from spaceledger.warehouse.computed import Compute, Numbers
from spaceledger.warehouse.connection import create_macros, one_transaction, run, value
from spaceledger.warehouse.models import Model, read_models

Progress = Callable[[str], None]

# What reads what the build itself notes is made at its end.
_MADE_LAST = ("marts.restatements", "marts.ingest_problems", "marts.alerts", "marts.alert_movers")


@dataclass(frozen=True, slots=True)
class BuildRun:
    """The values of one build; they become the one row of `core.run`."""

    build_id: str
    built_at: datetime  # UTC, without a zone
    as_of: date
    cost_metric: str
    show_spaces: str
    stale_after_days: int


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made anew: periods with their cause, and rows written by table."""

    periods: dict[str, str]
    rows_written: dict[str, int]


def prepare(con: duckdb.DuckDBPyConnection) -> tuple[Model, ...]:
    """Creates macros and staging views, creates or reshapes loaded tables; returns all models."""
    create_macros(con)
    models = read_models(con, sql_dir())
    there = _all_columns(con)
    fresh = []
    with one_transaction(con):
        for model in models:
            before = there.get(model.name, [])
            if model.is_loaded and sorted(before) != sorted(_stated(model)):
                _create_loaded(con, model, before)
                fresh.append(model)
            elif model.is_view:
                run(con, f"create or replace view {model.name} as {model.body}")
        _document(con, fresh)
    return models


def _create_loaded(con: duckdb.DuckDBPyConnection, model: Model, before: list[str]) -> None:
    """A ledger made by an older version keeps its rows; new columns are null until the next load."""
    run(con, "drop table if exists temp.older")
    if before:
        run(con, f"create temp table older as select * from {model.name}")
        run(con, f"drop table {model.name}")
    run(con, f"create table {model.name} as {model.body}")
    common = ", ".join(name for name in before if name in _stated(model))
    if common:
        run(con, f"insert into {model.name} by name select {common} from temp.older")


def build(
    con: duckdb.DuckDBPyConnection,
    models: tuple[Model, ...],
    build_run: BuildRun,
    published: Path,
    *,
    compute: Mapping[str, Compute] = {},
    rebuild_cause: str = "",
    progress: Progress = lambda _: None,
) -> Built:
    """Makes core and marts of the periods that differ from the published ledger.

    `models` are what `prepare` gave; `compute` has the functions that their headers name. A
    `rebuild_cause` (configuration or code) rebuilds every period.
    Raises ModelError where a header is not true.
    """
    previous.remember(con, published)
    periods = dict.fromkeys(previous.delivered_periods(con), rebuild_cause or "delivery")
    if rebuild_cause:
        known = run(con, "select distinct billing_period from raw.deliveries order by all")
        periods |= dict.fromkeys((row[0] for row in known), rebuild_cause)
    _set_run(con, build_run)
    written: dict[str, int] = {}
    numbers = Numbers(con, compute)
    made: list[Model] = []
    refillable = set() if rebuild_cause else _small_tables(con, models)
    for is_partitioned, group in groupby(_charges_late(models), lambda m: bool(m.partition)):
        # Partitions have a transaction each; tables that are made whole share one.
        with nullcontext() if is_partitioned else one_transaction(con):
            for model in group:
                if model.is_loaded or model.is_view or model.name in _MADE_LAST:
                    continue
                if model.name == "core.charge":
                    for period in [] if rebuild_cause else previous.evidence_periods(con):
                        periods.setdefault(period, "evidence")
                    _set_rebuilt(con, periods)
                progress(f"build {model.name}")
                if model.computer:
                    written[model.name] = numbers.fill(model)
                    made.append(model)
                else:
                    written[model.name] = _materialise(con, model, set(periods), made, refillable)
    progress("build what the build notes")
    with one_transaction(con):
        written |= _finish(con, models, build_run, made, refillable)
    return Built(periods, written)


def _finish(
    con: duckdb.DuckDBPyConnection,
    models: tuple[Model, ...],
    build_run: BuildRun,
    made: list[Model],
    refillable: set[str],
) -> dict[str, int]:
    """Notes what the build found and changed, makes what shows it, and documents all that was made."""
    written = {}
    previous.add_delivered_days(con)
    previous.add_restatements(con, build_run.build_id, build_run.built_at)
    problems.record_of_build(con, build_run.built_at)
    for model in models:
        if model.name in _MADE_LAST:
            written[model.name] = _materialise(con, model, set(), made, refillable)
    _document(con, made)
    return written


def _charges_late(models: tuple[Model, ...]) -> list[Model]:
    """The models with charges, and all that reads them, behind the others.

    Which periods are affected is asked just before the charges, of everything else there is.
    """
    late = {"core.charge"}
    for model in models:
        if model.references & late:
            late.add(model.name)
    return [m for m in models if m.name not in late] + [m for m in models if m.name in late]


def _all_columns(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of every table, by `schema.table`."""
    rows = run(
        con,
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns()"
        " where not internal and database_name = current_database() group by all",
    )
    return dict(rows)


def _small_tables(con: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> set[str]:
    """Tables that already look as their model says and are small: comments cost more than their rows."""
    sizes = run(
        con,
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = current_database() and estimated_size < 20000",
    )
    there = _all_columns(con)
    looks = {m.name for m in models if sorted(there.get(m.name, [])) == sorted(_stated(m))}
    return looks & {row[0] for row in sizes}


def _exists(con: duckdb.DuckDBPyConnection, model: Model) -> bool:
    found = "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?"
    return bool(value(con, found, [model.schema, model.table]))


def _columns(con: duckdb.DuckDBPyConnection, model: Model) -> list[str]:
    rows = run(con, f"select column_name from (describe {model.name})")
    return [row[0] for row in rows]


def _stated(model: Model) -> list[str]:
    return [name for name, _ in model.columns]


def _materialise(
    con: duckdb.DuckDBPyConnection,
    model: Model,
    periods: set[str],
    made: list[Model],
    refillable: set[str],
) -> int:
    """Writes one model: whole, or the given periods in one transaction. Returns rows written.

    A table made anew joins `made`; a refillable one is emptied and filled, and keeps its comments.
    """
    if not model.partition and model.name in refillable:
        run(con, f"delete from {model.name}")
        return int(value(con, f"insert into {model.name} by name select * from ({model.body})"))
    if not model.partition:
        run(con, f"create or replace table {model.name} as {model.body}")
        made.append(model)
        return int(value(con, f"select count(*) from {model.name}"))
    if _exists(con, model) and sorted(_columns(con, model)) != sorted(_stated(model)):
        run(con, f"drop table {model.name}")
    if not _exists(con, model):
        run(con, f"create table {model.name} as select * from ({model.body}) limit 0")
        made.append(model)
    if not periods:
        return 0
    some = f"{model.partition} in ({', '.join(_literal(period) for period in sorted(periods))})"
    with one_transaction(con):
        run(con, f"delete from {model.name} where {some}")
        query = f"insert into {model.name} by name select * from ({model.body}) where {some}"
        return int(value(con, query))


def _document(con: duckdb.DuckDBPyConnection, models: Iterable[Model]) -> None:
    """Holds headers against the tables, then writes them into the tables' comments."""
    there = _all_columns(con)
    statements = []
    for model in models:
        built, stated = there[model.name], _stated(model)
        if sorted(built) != sorted(stated):
            missing, extra = sorted(set(built) - set(stated)), sorted(set(stated) - set(built))
            raise ModelError(
                f"header and table differ: undocumented {missing}, documented but absent {extra}",
                where=model.name,
            )
        grain = f" Grain: {', '.join(model.grain)}." if model.grain else ""
        statements.append(f"comment on table {model.name} is {_literal(model.description + grain)}")
        statements += [
            f"comment on column {model.name}.{name} is {_literal(what)}"
            for name, what in model.columns
        ]
    if statements:
        run(con, "; ".join(statements))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _set_run(con: duckdb.DuckDBPyConnection, build_run: BuildRun) -> None:
    run(con, "delete from core.run")
    run(
        con,
        "insert into core.run by name select ? as build_id, ?::timestamp as built_at,"
        " ?::date as as_of, ? as cost_metric, ? as show_spaces, ?::integer as stale_after_days",
        [
            build_run.build_id, build_run.built_at, build_run.as_of,
            build_run.cost_metric, build_run.show_spaces, build_run.stale_after_days,
        ],
    )  # fmt: skip


def _set_rebuilt(con: duckdb.DuckDBPyConnection, periods: dict[str, str]) -> None:
    run(con, "delete from core.rebuilt_period")
    for period, cause in sorted(periods.items()):
        run(con, "insert into core.rebuilt_period values (?, ?)", [period, cause])
