"""Builds core and marts from raw: only the billing periods that something changed.

Affected periods are those with a new delivery and those where the evidence of a resource, or the name
of a space, differs from the last build. Changed SQL or configuration rebuilds all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from spaceledger.errors import ModelError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run, value
from spaceledger.warehouse.models import Model, read_models

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BuildRun:
    """The values of one build; they become the one row of `core.run`."""

    build_id: str
    built_at: datetime  # UTC, without a zone
    as_of: date
    cost_metric: str
    show_spaces: str


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made anew: periods with their cause, and rows written by table."""

    periods: dict[str, str]
    rows_written: dict[str, int]


def prepare(con: duckdb.DuckDBPyConnection) -> tuple[Model, ...]:
    """Creates loaded tables that are not there yet and the staging views; returns all models."""
    models = read_models(con, sql_dir())
    for model in models:
        if model.is_loaded and not _exists(con, model):
            run(con, f"create table {model.name} as {model.body}")
            _document(con, model)
        elif model.is_view:
            run(con, f"create or replace view {model.name} as {model.body}")
    return models


def shape_is_current(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether every loaded table has the columns its file states today."""
    return all(
        not model.is_loaded or not _exists(con, model) or _columns(con, model) == _stated(model)
        for model in read_models(con, sql_dir())
    )


def build(
    con: duckdb.DuckDBPyConnection,
    build_run: BuildRun,
    delivered: set[str],
    *,
    rebuild_cause: str = "",
    progress: Progress = lambda _: None,
) -> Built:
    """Makes core and marts.

    `delivered` holds the periods with a new delivery; a `rebuild_cause` (configuration or code)
    rebuilds every period. Raises ModelError where a header is not true.
    """
    models = prepare(con)
    known = {row[0] for row in run(con, "select distinct billing_period from raw.deliveries")}
    periods = dict.fromkeys(sorted(delivered), rebuild_cause or "delivery")
    if rebuild_cause:
        periods = dict.fromkeys(sorted(known), rebuild_cause)
    _remember(con)
    _set_run(con, build_run)
    written: dict[str, int] = {}
    for model in models:
        if model.is_loaded or model.is_view:
            continue
        if model.name == "core.charge":
            for period in _evidence_periods(con):
                periods.setdefault(period, "evidence")
            _set_rebuilt(con, periods)
        progress(f"build {model.name}")
        written[model.name] = _materialise(con, model, set(periods))
    _add_restatements(con, build_run, periods)
    restated = next(model for model in models if model.name == "marts.restatements")
    written[restated.name] = _materialise(con, restated, set())
    return Built(periods, written)


def _exists(con: duckdb.DuckDBPyConnection, model: Model) -> bool:
    found = "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?"
    return bool(value(con, found, [model.schema, model.table]))


def _columns(con: duckdb.DuckDBPyConnection, model: Model) -> list[str]:
    rows = run(con, f"select column_name from (describe {model.name})")
    return [row[0] for row in rows]


def _stated(model: Model) -> list[str]:
    return [name for name, _ in model.columns]


def _materialise(con: duckdb.DuckDBPyConnection, model: Model, periods: set[str]) -> int:
    """Writes one model: whole, or the given periods in one transaction. Returns rows written."""
    if not model.partition:
        run(con, f"create or replace table {model.name} as {model.body}")
        _document(con, model)
        return int(value(con, f"select count(*) from {model.name}"))
    if not _exists(con, model):
        run(con, f"create table {model.name} as select * from ({model.body}) limit 0")
        _document(con, model)
    if not periods:
        return 0
    some = f"{model.partition} in ({', '.join(_literal(period) for period in sorted(periods))})"
    run(con, "begin")
    try:
        run(con, f"delete from {model.name} where {some}")
        query = f"insert into {model.name} by name select * from ({model.body}) where {some}"
        count = int(value(con, query))
        run(con, "commit")
    except BaseException:
        run(con, "rollback")
        raise
    return count


def _document(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Holds the header against the table, then writes it into the table's comments."""
    built, stated = _columns(con, model), _stated(model)
    if sorted(built) != sorted(stated):
        missing, extra = sorted(set(built) - set(stated)), sorted(set(stated) - set(built))
        raise ModelError(
            f"header and table differ: undocumented {missing}, documented but absent {extra}",
            where=model.name,
        )
    grain = f" Grain: {', '.join(model.grain)}." if model.grain else ""
    run(con, f"comment on table {model.name} is {_literal(model.description + grain)}")
    for name, what in model.columns:
        run(con, f"comment on column {model.name}.{name} is {_literal(what)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _remember(con: duckdb.DuckDBPyConnection) -> None:
    """Keeps what the last build knew and showed, to compare with."""
    for temp, table, columns in (
        ("previous_evidence", "core.resource_evidence", "*"),
        ("previous_space", "core.known_space", "space_arn, space_name"),
        (
            "previous_spend",
            "marts.space_spend_monthly",
            "billing_period, space_arn, billing_currency, effective_cost",
        ),
    ):
        schema, name = table.split(".")
        found = "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?"
        run(con, f"drop table if exists temp.{temp}")
        if value(con, found, [schema, name]):
            run(con, f"create temp table {temp} as select {columns} from {table}")


def _has_temp(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(value(con, "select count(*) from duckdb_tables() where table_name = ?", [name]))


def _evidence_periods(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Periods that hold a resource whose evidence changed, or a space whose name did."""
    if not _has_temp(con, "previous_evidence"):
        return []
    rows = run(
        con,
        """
        with changed as (
            (from core.resource_evidence except from previous_evidence)
            union all
            (from previous_evidence except from core.resource_evidence)
        ),
        renamed as (
            (select space_arn, space_name from core.known_space except from previous_space)
            union all
            (from previous_space except select space_arn, space_name from core.known_space)
        )
        select distinct billing_period
        from core.resource_period
        join changed using (resource_key)
        where case
            when method = 'space_history' then billing_period = strftime(valid_from, '%Y-%m')
            else last_usage_at >= valid_from and first_usage_at < valid_to
        end
        union
        select distinct billing_period
        from marts.space_spend_daily
        join renamed using (space_arn)
        """,
    )
    return sorted(row[0] for row in rows)


def _set_run(con: duckdb.DuckDBPyConnection, build_run: BuildRun) -> None:
    run(con, "delete from core.run")
    run(
        con,
        "insert into core.run by name select ? as build_id, ?::timestamp as built_at,"
        " ?::date as as_of, ? as cost_metric, ? as show_spaces",
        [
            build_run.build_id, build_run.built_at, build_run.as_of,
            build_run.cost_metric, build_run.show_spaces,
        ],
    )  # fmt: skip


def _set_rebuilt(con: duckdb.DuckDBPyConnection, periods: dict[str, str]) -> None:
    run(con, "delete from core.rebuilt_period")
    for period, cause in sorted(periods.items()):
        run(con, "insert into core.rebuilt_period values (?, ?)", [period, cause])


def _add_restatements(
    con: duckdb.DuckDBPyConnection, build_run: BuildRun, periods: dict[str, str]
) -> None:
    if not periods or not _has_temp(con, "previous_spend"):
        return
    run(
        con,
        """
        insert into raw.restatements by name
        with before as (
            select billing_period, space_arn, billing_currency, sum(effective_cost) as cost
            from previous_spend group by all
        ),
        after as (
            select billing_period, space_arn, billing_currency, sum(effective_cost) as cost
            from marts.space_spend_monthly group by all
        )
        select
            ? as build_id,
            ?::timestamp as built_at,
            keys.billing_period,
            keys.space_arn,
            keys.billing_currency,
            rebuilt.cause,
            coalesce(before.cost, 0) as effective_cost_before,
            coalesce(after.cost, 0) as effective_cost_after
        from before
        full join after
            on before.billing_period = after.billing_period
            and before.space_arn is not distinct from after.space_arn
            and before.billing_currency = after.billing_currency
        cross join lateral (
            select
                coalesce(before.billing_period, after.billing_period) as billing_period,
                coalesce(before.space_arn, after.space_arn) as space_arn,
                coalesce(before.billing_currency, after.billing_currency) as billing_currency
        ) as keys
        join core.rebuilt_period as rebuilt on keys.billing_period = rebuilt.billing_period
        where coalesce(before.cost, 0) <> coalesce(after.cost, 0)
            and keys.billing_period in (select billing_period from before)
        """,
        [build_run.build_id, build_run.built_at],
    )
