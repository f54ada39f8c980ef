"""Arrow tables picked, grouped and added up for display, in exact decimals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Row = Mapping[str, Any]

MONEY = pa.decimal128(38, 12)


def where(table: pa.Table, column: str, value: str | None) -> pa.Table:
    """The rows whose column has a value, null being one."""
    field = table[column]
    return table.filter(pc.is_null(field) if value is None else pc.equal(field, value))


def present(table: pa.Table, column: str) -> pa.Table:
    """The rows whose column is not null."""
    return table.filter(pc.is_valid(table[column]))


def total(table: pa.Table, column: str) -> Decimal | None:
    """The exact sum of a column; null where nothing has a value."""
    amount: Decimal | None = pc.sum(table[column]).as_py()
    return amount


def summed(table: pa.Table, keys: Sequence[str], measure: str) -> pa.Table:
    """`keys` and the exact sum of a measure as `amount`, ordered by the keys."""
    # One thread: the order of groups, and so the bytes of a page, must not depend on luck.
    grouped = table.group_by(list(keys), use_threads=False).aggregate([(measure, "sum")])
    named = grouped.select([*keys, f"{measure}_sum"]).rename_columns([*keys, "amount"])
    return ordered(named, *keys)


def ordered(table: pa.Table, *columns: str) -> pa.Table:
    """The table in ascending order of columns; nulls last."""
    return table.sort_by([(column, "ascending") for column in columns])


def split(table: pa.Table, column: str) -> dict[Any, pa.Table]:
    """The rows of each value of a column, as slices of one sorted copy."""
    whole = table.append_column("_row", pa.array(range(table.num_rows), pa.int64()))
    whole = whole.sort_by([(column, "ascending"), ("_row", "ascending")]).drop_columns(["_row"])
    return {value: whole.slice(*span) for value, span in _spans(whole[column].to_pylist())}


def _spans(values: Sequence[Any]) -> Iterator[tuple[Any, tuple[int, int]]]:
    start = 0
    for end in range(1, len(values) + 1):
        if end == len(values) or values[end] != values[start]:
            yield values[start], (start, end - start)
            start = end


def rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as dictionaries."""
    found: list[dict[str, Any]] = table.to_pylist()
    return found
