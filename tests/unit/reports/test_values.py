"""How amounts, months and strangers' names are shown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.reports import values
from tests.unit.reports.sample_marts import HOSTILE


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "–"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("-0.000", "0.00"),
        ("0.004", "<0.01"),
        ("-0.000000000001", ">-0.01"),
        ("0.005000000001", "0.01"),
        ("1234567.895", "1,234,567.90"),
        ("-1234.5", "-1,234.50"),
        ("12345678901234567890123456.123456789012", "12,345,678,901,234,567,890,123,456.12"),
    ],
)
def test_money(amount: str | None, shown: str) -> None:
    assert values.money(None if amount is None else Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0E-12", "0"),
        ("100.000000000000", "100"),
        ("-0.000000000001", "-0.000000000001"),
        ("1E+3", "1,000"),
    ],
)
def test_exact(amount: str, shown: str) -> None:
    assert values.exact(Decimal(amount)) == shown


def test_changes_are_signed_and_large_ones_are_factors() -> None:
    assert [values.change(value) for value in (None, 0.123, -0.5, 0.0, 8.99, 41.0)] == [
        "–",
        "+12.3%",
        "-50.0%",
        "+0.0%",
        "+899.0%",
        "×42",
    ]


def test_change_is_null_where_nothing_was_spent_before() -> None:
    assert values.change_ratio(Decimal(3), Decimal(2)) == 0.5
    for before in (None, Decimal(0), Decimal(-1)):
        assert values.change_ratio(Decimal(3), before) is None


def test_months() -> None:
    assert values.month("2026-09") == "September 2026"
    assert [values.month_before(period) for period in ("2026-09", "2026-01")] == [
        "2026-08",
        "2025-12",
    ]


@given(st.lists(st.decimals(min_value=-(10**25), max_value=10**25, places=12), min_size=1))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    found = values.add([None, *amounts])
    assert found is not None
    assert Fraction(found) == sum(Fraction(amount) for amount in amounts)


def test_nothing_adds_up_to_nothing() -> None:
    assert values.add([]) is None
    assert values.add([None]) is None


@given(st.text(), st.text())
def test_slugs_are_safe_file_names(arn: str, name: str) -> None:
    slug = values.slug(arn, name)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 13 < len(slug) < 60


def test_slugs_tell_spaces_of_one_name_apart() -> None:
    names = [*HOSTILE, "Same", "same", "s.a.m.e", "", None, "../../etc/passwd"]
    slugs = {values.slug(f"arn:{domain}/{name}", name) for domain in "ab" for name in names}
    assert len(slugs) == 2 * len(names)
    assert values.slug("arn", "x") == values.slug("arn", "x")


def test_marks_that_turn_text_around_are_shown_and_joiners_stay() -> None:
    assert values.visible("safe\u202etxt\u2066\x00") == "safe[U+202E]txt[U+2066][U+0000]"
    assert values.visible("two\nlines") == "two lines"
    family = "👩\u200d🔬 שלום équipe"
    assert values.visible(family) == family


@pytest.mark.parametrize("name", HOSTILE)
def test_labels_hold_no_markup(name: str) -> None:
    shown = values.label(f"{name} %{{y}}")
    assert "<" not in shown
    assert "%{" not in shown
    assert "\u202e" not in shown
