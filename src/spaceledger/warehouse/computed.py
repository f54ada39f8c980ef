"""Models whose numbers SQL cannot make: a function given to the build makes them of Arrow tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import duckdb
import pyarrow as pa

from spaceledger.errors import ModelError
from spaceledger.warehouse.connection import run
from spaceledger.warehouse.models import Model

# Takes the tables a header names, in their order; gives the tables of that name by `schema.table`.
Compute = Callable[..., Mapping[str, pa.Table]]


class Numbers:
    """Fills computed models; a function that makes several of them runs once."""

    def __init__(self, con: duckdb.DuckDBPyConnection, compute: Mapping[str, Compute]) -> None:
        self._con = con
        self._compute = compute
        self._made: dict[str, pa.Table] = {}

    def fill(self, model: Model) -> int:
        """Makes the table of one computed model. Returns its number of rows."""
        if model.name not in self._made:
            if model.computer not in self._compute:
                raise ModelError(f"no function computes {model.computer}", where=model.name)
            inputs = [
                self._con.sql(f"select * from {name} order by all").to_arrow_table()
                for name in model.inputs
            ]
            self._made |= self._compute[model.computer](*inputs)
        table = self._made.pop(model.name)
        self._con.register("computed", table)
        try:
            # Not made empty and filled then: DuckDB would plan the next queries for an empty table.
            run(
                self._con,
                f"create or replace table {model.name} as"
                f" {model.body} union all by name select * from computed",
            )
        finally:
            self._con.unregister("computed")
        return int(table.num_rows)
