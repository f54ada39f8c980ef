"""What readers see now, to compare a build with: which periods it must make anew, what it restates."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from spaceledger.warehouse.connection import run

# Names of temporary tables, and the published table each is a copy of.
_REMEMBERED = {
    "previous_delivery": "raw.deliveries",
    "previous_evidence": "core.resource_evidence",
    "previous_space": "core.known_space",
    "previous_owner": "core.space_owner",
    "previous_spend": "marts.space_spend_monthly",
}


def remember(con: duckdb.DuckDBPyConnection, published: Path) -> None:
    """Copies what the published ledger says; empty tables of today's shape where there is none."""
    for name in _REMEMBERED:
        run(con, f"drop table if exists temp.{name}")
    if not published.exists():
        return
    path = str(published.resolve()).replace("'", "''")
    run(con, f"attach '{path}' as published (read_only)")
    try:
        found = (
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'published'"
        )
        there = {row[0] for row in run(con, found)}
        for name, table in _REMEMBERED.items():
            # A ledger of before lacks newer tables; its SQL differs, so every period is rebuilt.
            if table in there:
                run(con, f"create temp table {name} as select * from published.{table}")
    finally:
        run(con, "detach published")


def _is_first(con: duckdb.DuckDBPyConnection) -> bool:
    found = "select count(*) from duckdb_tables() where table_name = 'previous_spend'"
    return not run(con, found)[0][0]


def delivered_periods(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Periods whose current deliveries are not those readers see."""
    if _is_first(con):
        rows = run(con, "select distinct billing_period from raw.deliveries order by all")
    else:
        columns = "source, role, billing_period, delivery_id, identity, content_hash, hash_version"
        rows = run(
            con,
            f"""
            with now as (select {columns} from raw.deliveries where is_current),
            before as (select {columns} from previous_delivery where is_current)
            select billing_period from (from now except from before)
            union
            select billing_period from (from before except from now)
            order by all
            """,
        )
    return [row[0] for row in rows]


def evidence_periods(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Periods that hold a resource whose evidence changed, or a space whose name did."""
    if _is_first(con):
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
            (
                select space_arn, space_name from core.known_space
                except select space_arn, space_name from previous_space
            )
            union all
            (
                select space_arn, space_name from previous_space
                except select space_arn, space_name from core.known_space
            )
            union all
            (select space_arn, owner_user_profile_arn from (from core.space_owner except from previous_owner))
            union all
            (select space_arn, owner_user_profile_arn from (from previous_owner except from core.space_owner))
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


def add_delivered_days(con: duckdb.DuckDBPyConnection) -> None:
    """Keeps what the current deliveries say of their days, for when they are no longer current."""
    run(
        con,
        """
        insert into raw.delivered_days by name
        select * from core.delivered_day
        anti join raw.delivered_days as kept using (source, billing_period, delivery_id)
        """,
    )


def add_restatements(con: duckdb.DuckDBPyConnection, build_id: str, built_at: datetime) -> None:
    """Keeps what this build changed of what readers had: per period, space and currency."""
    run(con, "delete from raw.restatements where build_id = ?", [build_id])
    if _is_first(con):
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
        [build_id, built_at],
    )
