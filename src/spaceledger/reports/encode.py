"""Arrow tables as the script files pages load: column by column, exact, and inert whatever they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["space", "text", "decimal", "number"]
NO_SPACE = -1


@dataclass(frozen=True, slots=True)
class Column:
    """A column as plain values: decimals and dates as text, a space as its place among all spaces."""

    kind: Kind
    values: Sequence[Any]


def columns_of(table: pa.Table, places: Mapping[str, int] | None) -> dict[str, Column]:
    """The columns of a table; `places` holds where each space ARN stands in the dataset `spaces`.

    Without places an ARN is text: that is how `spaces` itself is written.
    """
    return {name: _column(name, table[name], places) for name in table.column_names}


def encoded(columns: Mapping[str, Column], start: int, end: int) -> dict[str, Any]:
    """Rows `start` to `end` for the script: `rows`, and `columns` by name.

    A column is `{t: texts, i: places}`, `{s: spaces}`, `{d: "1.5,,2"}` or `{n: numbers}`. One value for
    every row stands alone. Where values repeat, runs of `value, count, value, count, ...` stand for them:
    `{t, r}`, `{sr}`, `{nr}`. `{same: name}` repeats another column, and null has no value in any row.
    """
    made: dict[str, Any] = {}
    amounts: dict[str, str] = {}
    for name, column in columns.items():
        values = column.values[start:end]
        if column.kind == "decimal":
            text = ",".join("" if value is None else value for value in values)
            if text.strip(",") == "":
                made[name] = None
            else:
                made[name] = {"same": amounts[text]} if text in amounts else {"d": text}
                amounts.setdefault(text, name)
        else:
            made[name] = _plain(column.kind, values)
    return {"rows": end - start, "columns": made}


def spans(values: Sequence[Any]) -> Iterator[tuple[Any, int, int]]:
    """Each run of equal values, with where it starts and ends."""
    start = 0
    for end in range(1, len(values) + 1):
        if end == len(values) or values[end] != values[start]:
            yield values[start], start, end
            start = end


def script_json(value: object) -> str:
    """JSON that is inert inside a script file or element, whatever it holds."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _column(name: str, column: pa.ChunkedArray, places: Mapping[str, int] | None) -> Column:
    kind = column.type
    if name == "space_arn" and places is not None:
        arns = column.to_pylist()
        return Column("space", [places.get(arn, NO_SPACE) for arn in arns])
    if pa.types.is_decimal(kind) and kind.scale:
        texts = pc.cast(column, pa.string()).to_pylist()
        return Column("decimal", [None if text is None else _plainly(text) for text in texts])
    if pa.types.is_timestamp(kind):
        return Column("text", pc.strftime(column, format="%Y-%m-%d %H:%M").to_pylist())
    if pa.types.is_boolean(kind):
        return Column("number", [None if v is None else int(v) for v in column.to_pylist()])
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return Column("number", column.to_pylist())
    if pa.types.is_decimal(kind):
        return Column("number", [None if v is None else int(v) for v in column.to_pylist()])
    return Column("text", pc.cast(column, pa.string()).to_pylist())


def _plainly(text: str) -> str:
    """Every decimal the ledger holds, without the zeros that say nothing."""
    # Arrow writes zero and what is below a millionth with an exponent.
    plain = f"{Decimal(text):f}" if "E" in text else text
    return plain.rstrip("0").rstrip(".")


def _plain(kind: Kind, values: Sequence[Any]) -> dict[str, Any] | None:
    distinct = list(dict.fromkeys(values))
    if distinct == [None]:
        return None
    alone = distinct[0] if len(distinct) == 1 else None
    if kind == "space":
        return _shorter(values, "s", "sr") if alone is None else {"s": alone}
    if kind == "number":
        return _shorter(values, "n", "nr") if alone is None else {"n": alone}
    if alone is not None:
        return {"t": [alone]}
    known = [value for value in distinct if value is not None]
    place: dict[Any, int] = {
        None: NO_SPACE,
        **{value: number for number, value in enumerate(known)},
    }
    return {"t": known, **_shorter([place[value] for value in values], "i", "r")}


def _shorter(values: Sequence[Any], name: str, name_of_runs: str) -> dict[str, Any]:
    """The values one by one, or in runs where those are fewer."""
    runs = [part for value, start, end in spans(values) for part in (value, end - start)]
    return {name_of_runs: runs} if len(runs) < len(values) else {name: list(values)}
