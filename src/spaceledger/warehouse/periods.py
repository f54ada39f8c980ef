"""Which billing periods rows belong to, where no manifest says so."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from spaceledger.errors import DeliveryError
from spaceledger.period import BillingPeriod
from spaceledger.warehouse.bad_values import bad_value
from spaceledger.warehouse.connection import run
from spaceledger.warehouse.scan import LocalFile, csv_chunks, parquet_relation, read_header
from spaceledger.warehouse.spellings import project, raw_table_of

# When usage began, in each raw table.
BEGAN = {"cur__line_items": "usage_start_at", "focus__line_items": "charge_period_start_at"}


def period_expression(table: str, expressions: Mapping[str, str] | None = None) -> str:
    """SQL of the billing period a row names, or else of the month its usage began in.

    Over raw columns, or over the expressions that make them.
    """
    of = expressions or {}
    starts = (of.get(name, name) for name in ("billing_period_start_at", BEGAN[table]))
    return f"strftime(coalesce({', '.join(starts)}), '%Y-%m')"


def periods_in(con: duckdb.DuckDBPyConnection, files: tuple[LocalFile, ...]) -> list[str]:
    """The billing periods the rows of plain files name, in order."""
    periods: set[str] = set()
    for file in files:
        if file.path.stat().st_size == 0:
            continue
        header = read_header(file.path, file.address)
        table = raw_table_of(header, file.address)
        projection = project(table, header, file.address)
        columns = ", ".join(
            f"{value} as {name}"
            for name, value in projection.expressions
            if name.endswith("start_at")
        )
        query = f"select distinct {period_expression(table)} from (select {columns} from "
        if header.is_parquet:
            periods |= _periods(con, query + parquet_relation(file.path) + ")", file)
        else:
            for chunk in csv_chunks([file], projection.used):
                con.register("chunk", chunk)
                periods |= _periods(con, query + "chunk)", file)
                con.unregister("chunk")
    return sorted(periods)


def _periods(con: duckdb.DuckDBPyConnection, query: str, file: LocalFile) -> set[str]:
    try:
        found = {row[0] for row in run(con, query)}
    except duckdb.ConversionException as error:
        raise bad_value(con, [file], error, file.address) from None
    unknown = [period for period in found if period is None or not BillingPeriod.parse(period)]
    if unknown:
        what = "rows have neither a billing period nor a usage date"
        raise DeliveryError("no_period", what, where=file.address)
    return found
