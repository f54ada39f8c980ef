"""The expected range of a day's spend, beside a plain rule of three sigma; run with -s for the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaceledger.anomalies import HISTORY_DAYS, expected_range
from tests.anomaly_series import KINDS, Series, clean, table, with_leak, with_spike

SEED, PER_KIND = 31_000, 60  # nothing was tuned on these seeds
QUARTER = 91.3


def flagged(named: dict[str, Series]) -> dict[str, np.ndarray]:
    """Per series and day of its life, whether it is an anomaly by the rule the docstring gives."""
    result = expected_range(table(named))
    days = {name: np.zeros(len(series.spend), bool) for name, series in named.items()}
    hits = result.filter(pa.array(np.greater(result["spend"], result["expected_high"])))
    for name, day in zip(
        *(hits[each].to_pylist() for each in ("scope_id", "usage_date")), strict=True
    ):
        days[name][(day - named[name].first_day).days] = True
    return days


def three_sigma(named: dict[str, Series]) -> dict[str, np.ndarray]:
    """Above the mean and three standard deviations of the 30 days before."""
    days = {}
    for name, series in named.items():
        before = np.lib.stride_tricks.sliding_window_view(series.spend, 30)[:-1]
        days[name] = np.zeros(len(series.spend), bool)
        days[name][30:] = series.spend[30:] > before.mean(axis=1) + 3 * before.std(axis=1)
    return days


@dataclass(frozen=True)
class Figures:
    """Of one method and kind of space."""

    spikes: float  # share flagged on a day of the spike
    leaks: float  # share flagged on one of the first three days
    leaks_in_time: float  # share flagged at most three days after the first
    still: float  # share of a leak's days flagged from its fifth week on
    alarms: float  # false, per quarter of a clean space; consecutive days are one


def figures(named: dict[str, Series], days: dict[str, np.ndarray], kind: str) -> Figures:
    def of(case: str) -> list[tuple[Series, np.ndarray]]:
        return [(named[name], days[name]) for name in named if name.startswith(f"{kind} {case}")]

    def share(case: str, first: int) -> float:
        return float(np.mean([hit[series.injected[:first]].any() for series, hit in of(case)]))

    still = [hit[series.injected[28:]] for series, hit in of("leak")]
    alarms = [
        np.count_nonzero(np.diff(hit.astype(int), prepend=0) == 1)
        / ((len(hit) - HISTORY_DAYS) / QUARTER)
        for _, hit in of("clean")
    ]
    return Figures(
        spikes=share("spike", 2),
        leaks=share("leak", 3),
        leaks_in_time=share("leak", 4),
        still=float(np.concatenate(still).mean()),
        alarms=float(np.mean(alarms)),
    )


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, Figures]]:
    named = {}
    for kind in KINDS:
        for seed in range(SEED, SEED + PER_KIND):
            series = clean(kind, seed)
            named[f"{kind} clean {seed}"] = series
            named[f"{kind} spike {seed}"] = with_spike(series, seed)
            named[f"{kind} leak {seed}"] = with_leak(series, seed)
    methods = {"expected range": flagged(named), "three sigma": three_sigma(named)}
    return {
        method: {kind: figures(named, days, kind) for kind in KINDS}
        for method, days in methods.items()
    }


def mean(by_kind: dict[str, Figures], figure: str) -> float:
    return float(np.mean([getattr(each, figure) for each in by_kind.values()]))


def test_spikes_and_leaks_are_found_and_the_usual_is_quiet(measured) -> None:
    names = list(Figures.__dataclass_fields__)
    for method, by_kind in measured.items():
        print(f"\n{method:18}" + "".join(f"{name:>15}" for name in names))  # noqa: T201
        for kind, each in by_kind.items():
            print(f"{kind:18}" + "".join(f"{getattr(each, name):15.2f}" for name in names))  # noqa: T201
        print(f"{'mean':18}" + "".join(f"{mean(by_kind, name):15.2f}" for name in names))  # noqa: T201
    ours, plain = measured["expected range"], measured["three sigma"]
    assert mean(ours, "spikes") >= 0.95
    assert mean(ours, "leaks") >= 0.8
    assert mean(ours, "alarms") <= 0.6
    assert mean(ours, "still") <= 0.02
    assert mean(ours, "leaks") > mean(plain, "leaks")
    assert mean(ours, "alarms") < mean(plain, "alarms")


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_space_alarms_more_than_once_a_quarter(measured, kind) -> None:
    assert measured["expected range"][kind].alarms <= 1
    assert measured["expected range"][kind].spikes >= 0.9


def test_the_size_of_a_leak_and_of_a_spike_says_how_surely_it_is_found() -> None:
    print("\nfound in days".ljust(19) + "".join(f"{first:6}" for first in (1, 2, 3, 4, 7)))  # noqa: T201
    shares = {}
    for put_in, low, high in (
        (with_leak, 0.6, 0.8),
        (with_leak, 0.8, 1.2),
        (with_leak, 1.2, 2.5),
        (with_spike, 2.0, 3.0),
        (with_spike, 3.0, 4.0),
    ):
        named = {
            f"{kind} {seed}": put_in(clean(kind, seed), seed, low, high)
            for kind in KINDS
            for seed in range(SEED, SEED + PER_KIND // 2)
        }
        days = flagged(named)
        size = f"{put_in.__name__[5:]} {low} to {high}"
        shares[size] = [
            float(
                np.mean([days[name][each.injected[:first]].any() for name, each in named.items()])
            )
            for first in (1, 2, 3, 4, 7)
        ]
        print(f"{size:18}" + "".join(f"{share:6.2f}" for share in shares[size]))  # noqa: T201
    assert shares["leak 0.6 to 0.8"][-1] >= 0.8
    assert shares["leak 1.2 to 2.5"][2] >= 0.9
    assert shares["spike 3.0 to 4.0"][1] >= 0.95


def days_flagged(spend: list[float]) -> list[int]:
    series = Series("", date(2026, 1, 5), np.array(spend), np.ones(len(spend), bool))  # a Monday
    return np.flatnonzero(flagged({"space": series})["space"]).tolist()


WEEK = [100.0, 110, 90, 105, 95, 20, 10]


def test_a_dear_day_is_found_and_the_days_after_it_are_not() -> None:
    assert days_flagged([*WEEK * 8, 300, *WEEK[1:], *WEEK * 4]) == [56]


def test_a_dear_day_does_not_hide_the_next_one() -> None:
    year = WEEK * 20
    year[107] = year[110] = year[116] = 100_000
    year[120] = 300
    assert days_flagged(year) == [107, 110, 116, 120]


def test_what_is_left_on_is_found_at_its_start_and_is_known_after_two_weeks() -> None:
    found = days_flagged(WEEK * 8 + [each + 70 for each in WEEK * 8])
    assert found[0] - 56 < 3
    assert found[-1] - 56 < 14
    left_on_for_good = [0.2] * 60 + [17.0] * 60
    assert days_flagged(left_on_for_good)[0] == 60
    assert days_flagged(left_on_for_good)[-1] < 60 + 14


def test_a_space_that_wakes_at_its_old_level_is_quiet() -> None:
    assert days_flagged(WEEK * 8 + [0] * 70 + WEEK * 8) == []


def test_a_space_that_wakes_at_four_times_its_old_level_is_not() -> None:
    assert days_flagged(WEEK * 8 + [0] * 70 + [4 * each for each in WEEK * 8])[0] == 126


def test_working_on_a_weekend_is_quiet() -> None:
    year = WEEK * 20
    year[75] = year[89] = year[103] = year[104] = 100
    assert days_flagged(year) == []


def test_training_every_other_week_is_quiet_and_thrice_its_cost_is_not() -> None:
    fortnight = [10.0, 10, 10, 10, 10, 0, 0, 10, 10, 200, 10, 10, 0, 0]
    year = fortnight * 10
    assert days_flagged(year) == []
    year[14 * 8 + 9] = 600
    assert days_flagged(year) == [14 * 8 + 9]


def test_training_on_set_days_of_the_week_is_expected_on_them() -> None:
    year = [100.0, 400, 90, 105, 380, 20, 10] * 20
    assert days_flagged(year) == []
    year[7 * 14 + 1] = 800
    assert days_flagged(year) == [7 * 14 + 1]
    left_on = [each + (day >= 7 * 15) * 100 for day, each in enumerate(year)]
    assert 7 * 15 < days_flagged(left_on)[1] < 7 * 15 + 4


def test_training_once_a_month_is_rhythm_after_three_times() -> None:
    year = WEEK * 40
    for day in (62, 92, 123, 154, 184, 215, 245):
        year[day] = 900
    assert days_flagged(year) == [62, 92, 123]


def test_a_refund_is_no_anomaly_and_leaves_none() -> None:
    year = WEEK * 20
    year[70] = -50_000
    assert days_flagged(year) == []


@pytest.mark.parametrize("days", [1, 2, HISTORY_DAYS])
def test_a_young_scope_has_no_rows(days: int) -> None:
    series = Series("", date(2026, 1, 7), np.arange(days) ** 3.0, np.ones(days, bool))
    assert expected_range(table({"space": series})).num_rows == 0


def test_no_history_gives_no_rows() -> None:
    empty = table({"space": clean("steady", 0)}).slice(0, 0)
    assert expected_range(empty).num_rows == 0


def test_rows_begin_where_they_are_asked_to() -> None:
    series = clean("steady", 5)
    first_day = series.first_day + timedelta(days=300)
    every = expected_range(table({"space": series}))
    later = expected_range(table({"space": series}), first_day)
    assert later["usage_date"][0].as_py() == first_day
    assert later.equals(every.slice(every.num_rows - later.num_rows))


amounts = st.one_of(
    st.just(0.0),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e3, 1e6),
)
lives = st.tuples(
    st.dates(date(2025, 1, 1), date(2026, 6, 1)),
    st.lists(st.tuples(st.integers(0, 120), amounts), min_size=1, max_size=40),
    st.integers(0, 200),
)


def rows(scopes: dict[str, tuple]) -> pa.Table:
    """A history as people may have it: days in any order, some of them twice."""
    parts: dict[str, list] = {"scope_id": [], "usage_date": [], "spend": [], "last_day": []}
    for scope_id, (first_day, paid, age) in scopes.items():
        parts["scope_id"] += [scope_id] * len(paid)
        parts["usage_date"] += [first_day + timedelta(days=day) for day, _ in paid]
        parts["spend"] += [spend for _, spend in paid]
        parts["last_day"] += [first_day + timedelta(days=age)] * len(paid)
    types = [pa.string(), pa.date32(), pa.float64(), pa.date32()]
    return pa.table(
        [pa.array(each, kind) for each, kind in zip(parts.values(), types, strict=True)],
        names=list(parts),
    )


@given(life=lives)
@settings(max_examples=150, deadline=None)
def test_any_finite_history_gives_a_finite_range(life) -> None:
    result = expected_range(rows({"space": life}))
    spend, expected, low, high = (
        result[name].to_numpy() for name in ("spend", "expected", "expected_low", "expected_high")
    )
    for each in (spend, expected, low, high):
        assert np.isfinite(each).all()
    assert (low >= 0).all()
    assert (low <= expected).all()
    assert (expected <= high).all()
    first = min(life[0] + timedelta(days=day) for day, _ in life[1])
    last = life[0] + timedelta(days=life[2])
    days = max(0, (last - first).days + 1 - HISTORY_DAYS)
    assert (
        result["usage_date"].to_pylist()
        == [last - timedelta(days=day) for day in range(days)][::-1]
    )


@given(one=lives, other=lives, order=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_neither_other_scopes_nor_the_order_of_rows_have_a_say(one, other, order) -> None:
    alone = expected_range(rows({"b": one}))
    both = rows({"b": one, "a": other, "c": other})
    shuffled = both.take(order.sample(range(both.num_rows), both.num_rows))
    result = expected_range(shuffled)
    assert result.filter(pa.array(np.equal(result["scope_id"], "b"))).equals(alone)


@given(life=lives, more=st.lists(amounts, min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_later_days_have_no_say(life, more) -> None:
    first_day, paid, age = life
    paid = [(day, spend) for day, spend in paid if day <= age] or [(0, 1.0)]
    later = [(age + 1 + day, spend) for day, spend in enumerate(more)]
    before = expected_range(rows({"a": (first_day, paid, age)}))
    after = expected_range(rows({"a": (first_day, paid + later, age + len(more))}))
    assert after.slice(0, before.num_rows).equals(before)
