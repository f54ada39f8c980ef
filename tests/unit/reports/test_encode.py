"""Rows come back from what pages load exactly as they went in, and no text in them is more than text."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.reports.encode import columns_of, encoded, script_json, spans

ARNS = ("arn:a", "arn:b", "arn:c")
PLACES = {arn: place for place, arn in enumerate(ARNS)}
NASTY = ('"', "\\", "</script><script>", "<!--", "]]>", "\u2028\u2029", "\x00\x1f", "&amp;", ",", "null", "", "👩‍🔬", "\ufffe")  # fmt: skip

texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"])))
money = st.one_of(
    st.sampled_from([Decimal(text) for text in ("0", "-0", "1E-12", "-1E-12", "0.000001", "100", "-0.5")]),
    st.decimals(-(10**25), 10**25, places=12),
)  # fmt: skip
# What a column may hold, and the values it is made of.
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "text": (pa.string(), texts),
    "money": (pa.decimal128(38, 12), money),
    "ratio": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "count": (pa.int64(), st.integers(-(2**53), 2**53)),
    "sum": (pa.decimal128(38, 0), st.integers(-(2**53), 2**53).map(Decimal)),
    "flag": (pa.bool_(), st.booleans()),
    "day": (pa.date32(), st.dates(date(1900, 1, 1))),
    "moment": (
        pa.timestamp("us"),
        st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)),
    ),
    "space_arn": (pa.string(), st.sampled_from([*ARNS, "arn:of nobody"])),
}


def repeated(one: Any, other: Any, first: int, count: int) -> list[Any]:
    """Two runs."""
    return [one] * first + [other] * (count - first)


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    """Columns of any kinds, some of one value, some without any, some like another."""
    count = draw(st.integers(0, 12))
    columns = {}
    for name, (kind, values) in KINDS.items():
        cells = draw(
            st.one_of(
                st.lists(st.none() | values, min_size=count, max_size=count),
                values.map(lambda value: [value] * count),
                st.builds(repeated, values, values, st.integers(0, count), st.just(count)),
                st.just([None] * count),
            )
        )
        columns[name] = pa.chunked_array([pa.array(cells, kind)])
    columns["as_money"] = columns["money"]
    return pa.table(columns)


def spread(told: dict[str, Any], one: str, runs: str, rows: int) -> list[Any]:
    """Values one by one, one for every row, or runs of value and count."""
    if runs in told:
        pairs = zip(told[runs][::2], told[runs][1::2], strict=True)
        return [value for value, count in pairs for _ in range(count)]
    return told[one] if isinstance(told[one], list) else [told[one]] * rows


def decoded(made: dict[str, Any]) -> dict[str, list[Any]]:
    """As the script reads it: every column is texts, places of spaces, decimals or numbers."""
    rows = made["rows"]

    def column(told: dict[str, Any] | None) -> list[Any]:
        if told is None:
            return [None] * rows
        if "same" in told:
            return column(made["columns"][told["same"]])
        if "d" in told:
            return [Decimal(text) if text else None for text in told["d"].split(",")]
        if "t" in told:
            places = spread({"i": 0} | told, "i", "r", rows)
            return [None if place < 0 else told["t"][place] for place in places]
        return spread(told, *(("s", "sr") if set(told) & {"s", "sr"} else ("n", "nr")), rows)

    return {name: column(told) for name, told in made["columns"].items()}


def expected(name: str, value: Any) -> Any:
    if name == "space_arn":
        return PLACES.get(value, -1)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


@given(tables(), st.data())
def test_rows_come_back_exactly(table: pa.Table, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, table.num_rows))
    end = data.draw(st.integers(start, table.num_rows))
    made = json.loads(script_json(encoded(columns_of(table, PLACES), start, end)))
    assert made["rows"] == end - start
    found = decoded(made)
    for name in table.column_names:
        wanted = [expected(name, value) for value in table[name].to_pylist()[start:end]]
        assert found[name] == wanted, name
    if any(value is not None for value in found["money"]):
        assert made["columns"]["as_money"] == {"same": "money"}


@given(money)
def test_a_decimal_is_written_for_the_script_to_read(amount: Decimal) -> None:
    table = pa.table({"amount": pa.array([amount], pa.decimal128(38, 12))})
    text = encoded(columns_of(table, None), 0, 1)["columns"]["amount"]["d"]
    assert Decimal(text) == amount
    # Digits, at most one point with at most twelve digits after it, and no exponent.
    whole, _, decimals = text.removeprefix("-").partition(".")
    assert whole.isdigit()
    assert decimals == decimals.rstrip("0")
    assert len(decimals) <= 12
    assert not decimals or decimals.isdigit()
    assert not (amount == 0 and text != "0"), "the script reads -0 as text of its own"


def test_runs_stand_for_values_that_repeat() -> None:
    table = pa.table(
        {"a": ["x"] * 5 + [None] * 5, "b": [1, 2, 3, 4, 5] * 2, "c": [True] * 9 + [False]}
    )
    assert encoded(columns_of(table, None), 0, 10)["columns"] == {
        "a": {"t": ["x"], "r": [0, 5, -1, 5]}, "b": {"n": [1, 2, 3, 4, 5] * 2}, "c": {"nr": [1, 9, 0, 1]},
    }  # fmt: skip


def test_without_places_an_arn_is_text() -> None:
    table = pa.table({"space_arn": ["arn:a", "arn:b"]})
    assert decoded(encoded(columns_of(table, None), 0, 2))["space_arn"] == ["arn:a", "arn:b"]


def test_a_moment_with_a_zone_is_utc() -> None:
    moment = datetime(2026, 9, 1, 23, 59, 59, tzinfo=UTC)
    table = pa.table({"at": pa.array([moment], pa.timestamp("us", "UTC"))})
    assert decoded(encoded(columns_of(table, None), 0, 1))["at"] == ["2026-09-01 23:59"]


@given(
    st.recursive(texts | st.none(), lambda inner: st.lists(inner) | st.dictionaries(texts, inner))
)
def test_json_in_a_script_is_inert(value: object) -> None:
    told = script_json(value)
    assert json.loads(told) == value
    assert told.isascii()
    assert not set(told) & set("<>&\x00\u2028\u2029\r\n")


@pytest.mark.parametrize(
    ("values", "found"),
    [([], []), (["a"], [("a", 0, 1)]), (["a", "a", "b", "a"], [("a", 0, 2), ("b", 2, 3), ("a", 3, 4)])],
)  # fmt: skip
def test_runs_of_equal_values(values: list[str], found: list[tuple]) -> None:
    assert list(spans(values)) == found
