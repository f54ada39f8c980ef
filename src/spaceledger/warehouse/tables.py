"""Small reads and writes of loaded tables that a pipeline needs."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from spaceledger.budgets import Budget
from spaceledger.warehouse.activity import TRAIL_TABLES
from spaceledger.warehouse.connection import one_transaction, run, value
from spaceledger.warehouse.state import MadeWith

Connection = duckdb.DuckDBPyConnection
_OF_BILLS = (
    "cur__line_items", "focus__line_items", "deliveries", "delivery_totals", "delivered_days",
)  # fmt: skip


def take_configuration(
    con: Connection,
    *,
    owners: Iterable[Mapping[str, str | None]],
    aliases: Mapping[str, str],
    spaces: Iterable[tuple[str | None, str]],
    roles: Mapping[str, str],
    trails: Mapping[str, tuple[str, date | None]],
    listed: Container[str] = (),
    budgets: Iterable[Budget] = (),
) -> None:
    """Replaces what the configuration says: owners, budgets, spaces it names, and which sources there are.

    The lines of a bill and the events of a trail that is configured no longer leave the ledger. `listed` are
    the trails that were just looked at where they lie now.
    """
    with one_transaction(con):
        run(con, "delete from raw.owners")
        for row in owners:
            run(con, "insert into raw.owners values (?, ?, ?, ?, ?, ?)", list(row.values()))
        run(con, "delete from raw.configured_spaces")
        for space, evidence in spaces:
            run(con, "insert into raw.configured_spaces values (?, ?)", [space, evidence])
        known = [row[0] for row in run(con, "select distinct source from raw.deliveries")]
        for source in known:
            if source not in roles:
                for table in (
                    "cur__line_items",
                    "focus__line_items",
                    "deliveries",
                    "delivery_totals",
                ):
                    run(con, f"delete from raw.{table} where source = ?", [source])
                _forget_problems(con, "source = ? and origin <> 'trail'", source)
            else:
                run(
                    con,
                    "update raw.deliveries set role = ? where source = ?",
                    [roles[source], source],
                )
        _take_trails(con, trails, listed)
        configured = [*roles, *trails]
        gone = "source not in (select unnest(?::varchar[]))"
        run(
            con,
            f"delete from raw.ingest_problems where {gone} and origin not in ('alert', 'api')",
            [configured],
        )
        run(con, "delete from raw.aliases")
        for alias, name in aliases.items():
            run(con, "insert into raw.aliases values (?, ?)", [alias, name])
        _take_budgets(con, budgets)


def _take_budgets(con: Connection, budgets: Iterable[Budget]) -> None:
    run(con, "delete from raw.budgets")
    run(con, "delete from raw.budget_thresholds")
    for number, budget in enumerate(budgets, start=1):
        scope = "each space" if budget.space == "*" else "space" if budget.space else "domain"
        run(
            con,
            "insert into raw.budgets by name select ?::integer as budget_number, ? as budget_name,"
            " ? as scope, ? as scope_arn, ?::decimal(38, 12) as amount, ? as billing_currency,"
            " ? as period, ? as plan, ?::date as start_date, ?::date as end_date,"
            " ?::decimal(7, 4) as lowest_warn_at",
            [number, budget.name, scope, None if budget.space == "*" else budget.space or budget.domain,
             budget.amount, budget.currency, budget.period, budget.plan, budget.start, budget.end,
             min(budget.warn_at)],
        )  # fmt: skip
        for share in sorted(set(budget.warn_at)):
            run(con, "insert into raw.budget_thresholds values (?, ?)", [number, share])


def _take_trails(
    con: Connection, trails: Mapping[str, tuple[str, date | None]], listed: Container[str]
) -> None:
    before = {
        source: (address, start)
        for source, address, start in run(
            con, "select source, address, start_at::date from raw.trails"
        )
    }
    run(con, "delete from raw.trails")
    for source, (address, start) in trails.items():
        # Until a trail was listed where it lies now, the next pull must look at all of it.
        is_listed = source in listed or before.get(source) == (address, start)
        run(
            con,
            "insert into raw.trails by name select ? as source, ?::date as start_at, ? as address",
            [source, start, address if is_listed else None],
        )
        if source in before and before[source][0] not in {None, address}:
            _forget_problems(
                con,
                "source = ? and origin = 'trail' and not starts_with(location, ?)",
                source,
                address.rstrip("/") + "/",
            )
    for (source,) in run(con, "select distinct source from raw.trail_files"):
        if source not in trails:
            for table in TRAIL_TABLES:
                run(con, f"delete from raw.{table} where source = ?", [source])
            _forget_problems(con, "source = ? and origin = 'trail'", source)


def _forget_problems(con: Connection, which: str, *values: str) -> None:
    run(con, f"delete from raw.ingest_problems where {which}", list(values))


def has_deliveries(con: Connection) -> bool:
    """Whether any bill was ever loaded."""
    return bool(value(con, "select count(*) from raw.deliveries"))


def bills_delivered_twice(con: Connection) -> list[tuple[str, str, str]]:
    """Payer, period and the names of sources that deliver the same bill, none of them to compare."""
    return run(
        con,
        """
        select payer_account_id, billing_period, string_agg(distinct source, ' and ' order by source)
        from raw.delivery_totals as totals
        join raw.deliveries using (source, billing_period, delivery_id)
        where deliveries.is_current and deliveries.role = 'ledger' and payer_account_id is not null
        group by payer_account_id, billing_period
        having count(distinct source) > 1
        order by all
        """,
    )


def built_id(con: Connection) -> str | None:
    """The build whose marts this database holds."""
    rows = run(con, "select build_id from core.run") if _has_table(con, "core", "run") else []
    return str(rows[0][0]) if rows else None


def _has_table(con: Connection, schema: str, table: str) -> bool:
    found = "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?"
    return bool(value(con, found, [schema, table]))


def add_build(
    con: Connection, build_id: str, built_at: datetime, made_with: MadeWith, as_of: date
) -> None:
    """Notes what this build is made with."""
    run(con, "delete from raw.builds where build_id = ?", [build_id])
    run(
        con,
        "insert into raw.builds by name select ? as build_id, ?::timestamp as built_at,"
        " ? as load_hash, ? as sql_hash, ? as report_hash, ? as configuration_hash, ?::date as as_of",
        [build_id, built_at, made_with.load_hash, made_with.sql_hash, made_with.report_hash,
         made_with.configuration_hash, as_of],
    )  # fmt: skip


def open_problems(con: Connection) -> list[tuple[Any, ...]]:
    """Source, location, problem, severity, detail and period of each open problem."""
    return run(
        con,
        "select source, location, problem, severity, detail, billing_period"
        " from raw.ingest_problems where is_open order by all",
    )


def reconciled(con: Connection) -> list[tuple[Any, ...]]:
    """Period, source, currency, bill, ledger, outside, difference and status of each bill."""
    return run(
        con,
        """
        select
            billing_period, source, billing_currency, sum(bill_billed_cost), sum(ledger_billed_cost),
            sum(outside_billed_cost), sum(difference) + sum(effective_difference), min(period_status)
        from marts.bill_reconciliation
        group by all order by all
        """,
    )


@dataclass(frozen=True)
class Standing:
    """The alerts of a published ledger, its day, and the newest day with usage."""

    alerts: pa.Table
    movers: pa.Table
    build_id: str
    as_of: date
    newest_usage_date: date | None


def standing_alerts(con: Connection) -> Standing:
    """What people should be told of."""
    build_id, as_of, newest = run(
        con,
        """
        select min(run.build_id), min(run.as_of), max(freshness.newest_usage_date)
        from core.run
        left join core.source_freshness as freshness on true
        """,
    )[0]
    alerts = con.sql("select * from marts.alerts order by all").to_arrow_table()
    movers = con.sql("select * from marts.alert_movers order by all").to_arrow_table()
    return Standing(alerts, movers, str(build_id), as_of, newest)


def open_alert_problems(con: Connection) -> set[tuple[str, str, str]]:
    """Channel, problem and detail of each open problem of telling people."""
    found = "select location, problem, detail from raw.ingest_problems where is_open and origin = 'alert'"
    return set(run(con, found))
