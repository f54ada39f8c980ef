"""Which delivered column feeds which raw column: `sql/raw/spellings.csv`, one spelling a row.

A spelling is a normalised column name, or `column{key}` for a key of a MAP or JSON column.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from spaceledger.errors import DeliveryError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.scan import Header, normalise

# CSV has no null; FOCUS exports write this word for it.
FOCUS_NULL = "NULL"


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column of a raw table and the spellings that feed it, the preferred one first."""

    name: str
    kind: str
    is_required: bool
    spellings: tuple[str, ...]


@cache
def raw_columns(table: str) -> tuple[RawColumn, ...]:
    """The columns of `raw.<table>` that come from delivered files."""
    columns: dict[str, list[dict[str, str]]] = {}
    with (sql_dir() / "raw" / "spellings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["table"] == table:
                columns.setdefault(row["column"], []).append(row)
    return tuple(
        RawColumn(
            name,
            rows[0]["kind"],
            any(row["required"] for row in rows),
            tuple(row["spelling"] for row in rows),
        )
        for name, rows in columns.items()
    )


def raw_table_of(header: Header, where: str) -> str:
    """The raw table a header belongs to. Raises DeliveryError where it is no bill we know."""
    names = {normalise(name) for name, _ in header.columns}
    if {"line_item_unblended_cost", "line_item_usage_start_date", "line_item_product_code"} & names:
        return "cur__line_items"
    if {"charge_category", "charge_period_start", "billed_cost"} & names:
        return "focus__line_items"
    raise DeliveryError(
        "unknown_format",
        "the header is neither a Cost and Usage Report's nor a FOCUS export's",
        where=where,
        todo="point uri at a CUR, CUR 2.0 or FOCUS export",
    )


@dataclass(frozen=True, slots=True)
class Projection:
    """How one file becomes raw columns: SQL expressions, and the file columns they use.

    `delivered` is for `sql/load/`, whose rules convert amounts and empty text only where they use them.
    """

    expressions: tuple[tuple[str, str], ...]
    delivered: tuple[tuple[str, str], ...]
    used: tuple[str, ...]
    present: frozenset[str]
    maybe_excess: tuple[str, ...]  # amounts that may have too many decimals, as text
    doubts: tuple[
        tuple[str, str, str], ...
    ]  # a column, its value, whether that cannot be converted


def project(table: str, header: Header, where: str) -> Projection:
    """The projection of a file. Raises DeliveryError naming required columns that are missing."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for name, kind in header.columns:
        columns.setdefault(normalise(name), []).append((name, kind))
    _refuse_repeated_amounts(table, columns, where)
    expressions, delivered, used, present, maybe_excess = [], [], [], set(), []
    doubts, missing = [], []
    for column in raw_columns(table):
        parts, plain_parts = [], []
        for spelling in column.spellings:
            plain, _, key = spelling.removesuffix("}").partition("{")
            for name, kind in columns.get(plain, ()):
                value = _text(name, kind, key, is_csv=not header.is_parquet, table=table)
                if value is not None:
                    delivered_kind = kind if not key else "text"
                    parts.append(_typed(value, column.kind, delivered_kind))
                    plain_parts.append(_plain(value, name, column.kind, delivered_kind))
                    used.append(name)
                    doubts += _doubts(name, value, column.kind, parts[-1])
                    if column.kind == "money" and kind in {"text", "fine decimal"}:
                        maybe_excess.append(quoted(name) + ("" if kind == "text" else "::varchar"))
        if parts:
            present.add(column.name)
        elif column.is_required:
            missing.append(column.spellings[0])
        null = f"null::{_TYPES[column.kind]}"
        value = parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})" if parts else null
        expressions.append((column.name, value))
        delivered.append((column.name, plain_parts[0] if len(parts) == 1 else value))
    if missing:
        raise DeliveryError(
            "missing_column",
            f"the required column {', '.join(missing)} is missing",
            where=where,
            todo="add it to the export",
        )
    return Projection(
        tuple(expressions),
        tuple(delivered),
        tuple(dict.fromkeys(used)),
        frozenset(present),
        tuple(maybe_excess),
        tuple(doubts),
    )


def _refuse_repeated_amounts(
    table: str, columns: dict[str, list[tuple[str, str]]], where: str
) -> None:
    """Tags of one name may be in several columns; of two columns of amounts none is the right one."""
    amounts = (column for column in raw_columns(table) if column.kind in {"money", "quantity"})
    for spelling in (spelling for column in amounts for spelling in column.spellings):
        names = [name for name, _ in columns.get(spelling, ())]
        if len(names) > 1:
            raise DeliveryError(
                "repeated_column",
                f"a column of amounts is there {len(names)} times, as {', '.join(names)}",
                where=where,
                todo="keep one of them in the export",
            )


_TYPES = {
    "text": "varchar",
    "money": "decimal(38, 12)",
    "quantity": "decimal(38, 12)",
    "time": "timestamp",
}


def quoted(name: str) -> str:
    """A stranger's column name as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _text(name: str, kind: str, key: str, *, is_csv: bool, table: str) -> str | None:
    """SQL of a delivered value with every way of writing nothing turned into null."""
    column = quoted(name)
    if key and kind not in {"map", "text"}:
        return None
    literal = "'" + key.replace("'", "''") + "'"
    if key and kind == "map":
        return f"nullif({column}[{literal}]::varchar, '')"
    if kind != "text":
        return column
    value = f"nullif({column}, '')"
    if is_csv and table == "focus__line_items":
        value = f"nullif({value}, '{FOCUS_NULL}')"
    if key:
        path = "'$.\"" + key.replace("'", "''") + "\"'"
        return f"nullif({value} ->> {path}, '')"
    return value


def _amount(value: str, delivered: str) -> str:
    """SQL of an amount in a type that `money` takes."""
    return {"double": f"{value}::double", "text": value}.get(delivered, f"{value}::decimal(38, 12)")


def _plain(value: str, name: str, kind: str, delivered: str) -> str:
    """SQL of a lone column as `sql/load/` takes it: an amount to convert, text that may be empty."""
    if kind == "money":
        return _amount(value, delivered)
    if kind == "text" and value == f"nullif({quoted(name)}, '')":
        return quoted(name)
    return _typed(value, kind, delivered)


def _doubts(name: str, value: str, kind: str, typed: str) -> list[tuple[str, str, str]]:
    if kind == "text":
        return []
    # DuckDB cannot try `money`, which calls error()
    failed = (
        f"try({typed}) is null"
        if kind == "time"
        else f"(try_cast({value} as decimal(38, 12)) is null or contains({value}::varchar, '_'))"
    )
    return [(name, value, f"{value} is not null and {failed}")]


def _typed(value: str, kind: str, delivered: str) -> str:
    if kind in {"money", "quantity"}:
        return f"money({_amount(value, delivered)})"
    if kind == "time":
        return f"moment({value})" if delivered in {"text", "zoned"} else f"{value}::timestamp"
    return f"{value}::varchar" if delivered != "text" else value
