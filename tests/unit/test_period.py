"""Billing periods."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.period import BillingPeriod

periods = st.builds(BillingPeriod, st.integers(2000, 9998), st.integers(1, 12))


@given(period=periods)
def test_a_period_is_read_as_it_is_written(period: BillingPeriod) -> None:
    assert BillingPeriod.parse(str(period)) == period
    assert period.start.day == period.end.day == 1
    assert 28 <= (period.end - period.start).days <= 31


@given(one=periods, other=periods)
def test_periods_sort_as_their_text_does(one: BillingPeriod, other: BillingPeriod) -> None:
    assert (one < other) == (str(one) < str(other)) == (one.start < other.start)


def test_december_ends_with_the_year() -> None:
    december = BillingPeriod(2026, 12)
    assert (december.start, december.end) == (date(2026, 12, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-9", "2026-00", "2026-13", "1999-12", "2026-09-01", " 2026-09", "2026-09\n",
     "2026/09", "202609", "-026-09", "2026-0x"],
)  # fmt: skip
def test_what_is_no_period_is_none(text: str) -> None:
    assert BillingPeriod.parse(text) is None


def test_digits_of_another_writing_system_are_no_period() -> None:
    assert BillingPeriod.parse("２０２６-０９") is None


@given(text=st.text(max_size=10))
def test_any_text_is_a_period_or_none(text: str) -> None:
    parsed = BillingPeriod.parse(text)
    assert parsed is None or 1 <= parsed.month <= 12
