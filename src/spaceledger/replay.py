"""Replays past months of the published ledger: how far off forecasts would have been."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from spaceledger.errors import QueryError
from spaceledger.forecast import backtest, month_replays, summarise
from spaceledger.paths import Home
from spaceledger.warehouse import reader

# Every space and domain, with its name, or those that a budget counts.
_SCOPES = """
    select
        history.scope_id,
        min(
            coalesce(
                spaces.space_name || ' (' || split_part(spaces.domain_arn, '/', 2) || ')',
                split_part(history.scope_arn, ':', 6)
            ) || ', ' || history.billing_currency
        ) as scope,
        bool_or(budgets.scope_arn is not null) as has_budget
    from (select distinct scope_id, scope_arn, billing_currency from core.scope_history) as history
    left join core.known_space as spaces on history.scope_arn = spaces.space_arn
    left join core.budget_period as budgets
        on history.scope_arn = budgets.scope_arn
        and history.billing_currency = budgets.billing_currency
    group by history.scope_id
"""
METHODS = {"forecast": "forecast", "run_rate": "run-rate line", "ols": "least squares"}


@dataclass(frozen=True)
class Replay:
    """One row per forecast, and how good they were by group and method."""

    forecasts: pa.Table
    summary: pa.Table


def replay_months(home: Home, *, months: int, only_budgets: bool, by: str) -> Replay:
    """Forecasts the last whole months of each space and domain again, as on four days of each.

    by: all, scope, or as_of_day (the day of the month). Raises QueryError where there is no month.
    """
    with reader.reading(home) as con:
        history = reader.query_table(con, "select * from core.scope_history order by all", {})
        scopes = reader.query_table(con, _SCOPES, {}).to_pylist()
    names = {row["scope_id"]: row["scope"] for row in scopes}
    wanted = {row["scope_id"] for row in scopes if row["has_budget"] or not only_budgets}
    chosen = pa.array(sorted(wanted), pa.string())
    replays = month_replays(history.filter(pc.is_in(history["scope_id"], chosen)))
    newest = sorted(set(replays["period_start"].to_pylist()))[-months:]
    replays = replays.filter(pc.is_in(replays["period_start"], pa.array(newest, pa.date32())))
    if not replays.num_rows:
        raise QueryError(
            "there is no whole month to forecast again",
            where=str(home.ledger),
            todo="wait until a month is over, or give --every-scope where no budget is configured",
        )
    made = backtest(history, replays)
    scope = [names[scope_id] for scope_id in made["scope_id"].to_pylist()]
    day = pc.day(made["as_of"]).cast(pa.string())
    made = made.append_column("scope", pa.array(scope, pa.string())).append_column("as_of_day", day)
    return Replay(made, _named(summarise(made, None if by == "all" else by)))


def _named(summary: pa.Table) -> pa.Table:
    """The summary with methods in words and figures people can read."""
    place = summary.column_names.index("method")
    words = [METHODS[method] for method in summary["method"].to_pylist()]
    named = summary.set_column(place, "method", pa.array(words, pa.string()))
    for name in ("median_absolute_error", "mean_error", "coverage", "pinball_loss"):
        place = named.column_names.index(name)
        named = named.set_column(place, name, pc.round(named[name], 4))
    return named
