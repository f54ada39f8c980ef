"""Marts leave as Parquet files."""

from __future__ import annotations

from pathlib import Path

import duckdb

from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run
from spaceledger.warehouse.models import Model, read_models


def marts(con: duckdb.DuckDBPyConnection) -> list[Model]:
    """The models readers are given, by name."""
    found = [model for model in read_models(con, sql_dir()) if model.schema == "marts"]
    return sorted(found, key=lambda model: model.table)


def _ordered(model: Model) -> str:
    columns = ", ".join(name for name, _ in model.columns)
    order = ", ".join(model.grain) or "all"
    return f"select {columns} from {model.name} order by {order}"


def export_parquet(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """One Parquet file per mart, its rows in the order of the grain, its build_id in the footer."""
    folder.mkdir(parents=True, exist_ok=True)
    build_id = run(con, "select build_id from core.run")[0][0]
    run(con, "set preserve_insertion_order = true")
    for model in marts(con):
        path = str(folder / f"{model.table}.parquet").replace("'", "''")
        run(
            con,
            f"copy ({_ordered(model)}) to '{path}'"
            f" (format parquet, compression zstd, kv_metadata {{build_id: '{build_id}'}})",
        )
