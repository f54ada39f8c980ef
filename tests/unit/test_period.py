"""Billing periods."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.errors import SpaceledgerError
from spaceledger.period import BillingPeriod, months_again

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


@given(period=periods.filter(lambda period: period > BillingPeriod(2000, 1)))
def test_the_month_before_ends_where_the_month_begins(period: BillingPeriod) -> None:
    assert period.previous.end == period.start


def test_months_to_load_again_are_those_asked_for_or_the_two_before() -> None:
    def months(first: str | None, last: str | None) -> tuple[str, ...]:
        return tuple(str(month) for month in months_again(first, last, date(2026, 1, 31)))

    assert months(None, None) == ("2025-11", "2025-12")
    assert months("", "") == ("2025-11", "2025-12")
    assert months("2025-03", "2025-05") == ("2025-03", "2025-05")
    assert months("2025-03", None) == months(None, "2025-03") == ("2025-03", "2025-03")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("2025-13", None, "'2025-13' is no month"), ("2025-05", "2025-03", "comes after 2025-03")],
)
def test_months_that_cannot_be_meant_are_refused(first: str, last: str | None, said: str) -> None:
    with pytest.raises(SpaceledgerError, match=said):
        months_again(first, last, date(2026, 1, 31))
