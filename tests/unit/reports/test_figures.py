"""What is drawn: traces, their values and their order."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from spaceledger.reports.figures import daily_by_category, monthly_by_category
from spaceledger.reports.html import script_json
from spaceledger.reports.palette import CATEGORIES, marker
from tests.unit.reports.sample_marts import DAY, MONEY, TEXT


def days(*rows: tuple[date, str, str | None]) -> pa.Table:
    schema = pa.schema({"usage_date": DAY, "spend_category": TEXT, "amount": MONEY})
    names = schema.names
    exact = [(day, category, amount and Decimal(amount)) for day, category, amount in rows]
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in exact], schema=schema
    )


def months(*rows: tuple[str, str, str]) -> pa.Table:
    schema = pa.schema({"billing_period": TEXT, "spend_category": TEXT, "amount": MONEY})
    names = schema.names
    exact = [(period, category, Decimal(amount)) for period, category, amount in rows]
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in exact], schema=schema
    )


FIRST, SECOND = date(2026, 9, 1), date(2026, 9, 2)


def test_each_category_is_a_trace_in_one_order() -> None:
    table = days(
        (FIRST, "training", "2.5"), (FIRST, "Studio apps", "1.25"), (SECOND, "Studio apps", "3")
    )
    figure = daily_by_category(table, "USD")
    apps, training, whole = figure.data
    assert (apps.name, list(apps.x), list(apps.y)) == (
        "Studio apps",
        ["2026-09-01", "2026-09-02"],
        [1.25, 3.0],
    )
    assert (training.name, list(training.x), list(training.y)) == (
        "training",
        ["2026-09-01"],
        [2.5],
    )
    assert (whole.name, list(whole.y)) == ("Total", [3.75, 3.0])
    assert figure.layout.barmode == "relative"
    assert figure.layout.yaxis.title.text == "USD"


def test_no_rows_draw_no_bars() -> None:
    for figure in (daily_by_category(days(), "USD"), monthly_by_category(months(), "USD")):
        assert [trace.type for trace in figure.data] == ["scatter"]
        assert list(figure.data[0].y) == []


def test_one_day_does_not_fill_the_axis() -> None:
    figure = daily_by_category(days((FIRST, "training", "1")), "USD")
    assert list(figure.layout.xaxis.range) == ["2026-08-18T12:00:00", "2026-09-01T12:00:00"]


def test_a_category_of_zeros_or_nulls_is_not_drawn() -> None:
    table = days((FIRST, "training", "0"), (FIRST, "hosting", None), (FIRST, "Canvas", "1"))
    assert [trace.name for trace in daily_by_category(table, "USD").data] == ["Canvas", "Total"]


def test_months_carry_their_net_total_above_the_stack() -> None:
    table = months(
        ("2026-08", "training", "100"),
        ("2026-08", "credit", "-30"),
        ("2026-09", "training", "1234.4"),
    )
    figure = monthly_by_category(table, "USD")
    whole = figure.data[-1]
    assert list(whole.text) == ["70", "1,234"]
    assert list(whole.y) == [100.0, 1234.4]
    assert list(whole.customdata) == [70.0, 1234.4]
    assert sorted(figure.layout.xaxis.ticktext) == ["Aug<br>2026", "Sep<br>2026"]


def test_names_are_escaped_for_plotly_and_in_the_script() -> None:
    table = days((FIRST, "<b>bold</b></script>%{y}", "1"))
    figure = daily_by_category(table, "<i>XXX</i>")
    assert "<" not in figure.data[0].name
    assert "<i>" not in figure.data[0].hovertemplate
    text = script_json(figure.to_plotly_json())
    assert "<" not in text
    assert json.loads(text)["data"][0]["y"] == [1.0]


def test_every_category_looks_different() -> None:
    looks = {json.dumps(marker(category), sort_keys=True) for category in CATEGORIES}
    assert len(looks) == len(CATEGORIES)
    assert marker("hosting (real-time)") == marker("hosting")
    assert marker("never heard of") == marker("other")


@pytest.mark.parametrize("ground", ["#ffffff", "#12161c"])
def test_colours_stand_out_on_light_and_dark(ground: str) -> None:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = [
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        ]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for colour, _ in CATEGORIES.values():
        low, high = sorted((light(colour), light(ground)))
        assert (high + 0.05) / (low + 0.05) > 2
