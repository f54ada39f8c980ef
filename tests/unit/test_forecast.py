"""Forecasts beat what people do by hand, keep their promises, and know what bills look like."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.forecast import METHODS, backtest, forecast, month_replays, summarise
from spaceledger.forecast.periods import LONGEST
from tests.series import KINDS, history, make, make_many

TEST_SEEDS = range(900_000, 900_025)  # never used to choose a method or a constant
HARD = {"level shift", "holiday gap"}
TODAY = date(2026, 6, 15)
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


# --- how good it is -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replayed() -> pa.Table:
    table = history(make_many(KINDS[:8], TEST_SEEDS))
    replays = month_replays(table, as_of_days=(8, 18))
    done = backtest(table, replays)
    kinds = [one.rsplit(" ", 1)[0] for one in done["scope_id"].to_pylist()]
    return done.append_column("kind", pa.array(kinds))


def test_forecasts_beat_the_run_rate_and_the_straight_line(replayed: pa.Table) -> None:
    overall = {row["method"]: row for row in summarise(replayed).to_pylist()}
    by_kind = summarise(replayed, "kind").to_pylist()
    print_scores([*overall.values(), *by_kind])
    assert len(set(replayed["scope_id"].to_pylist())) == 200
    assert overall["forecast"]["count"] >= 1000
    loss = {method: row["pinball_loss"] for method, row in overall.items()}
    assert loss["forecast"] < min(loss["run_rate"], loss["ols"])
    assert 0.75 <= overall["forecast"]["coverage"] <= 0.85
    ours = {row["group"]: row["coverage"] for row in by_kind if row["method"] == "forecast"}
    assert {kind for kind, covered in ours.items() if covered < 0.65} <= HARD


def print_scores(rows: list[dict]) -> None:
    print(  # noqa: T201
        f"\n{'':18} {'method':9} {'count':>5} {'error':>6} {'bias':>7} {'inside':>6} {'pinball':>8}"
    )
    for row in rows:
        print(  # noqa: T201
            f"{row['group']:18} {row['method']:9} {row['count']:5} {row['median_absolute_error']:6.1%}"
            f" {row['mean_error']:+7.3f} {row['coverage']:6.0%} {row['pinball_loss']:8.4f}"
        )


def test_a_replay_knows_nothing_of_the_days_after_it() -> None:
    one = make("steady", 900_100)
    table = history([one])
    as_of = date(2025, 6, 12)
    replay = pa.table(
        {
            "scope_id": [one.scope_id],
            "period_start": [date(2025, 6, 1)],
            "period_end": [date(2025, 6, 30)],
            "as_of": [as_of],
        }
    )
    known = [day <= as_of - timedelta(days=2) for day in table["usage_date"].to_pylist()]
    whole, cut = backtest(table, replay), backtest(table.filter(pa.array(known)), replay)
    hidden = {"actual"}
    assert whole.drop_columns(list(hidden)).equals(cut.drop_columns(list(hidden)))
    assert whole["spent"][0].as_py() == pytest.approx(one.spend[151:161].sum())
    assert whole["actual"][0].as_py() == pytest.approx(one.spend[151:181].sum())
    assert whole["days_left"][0].as_py() == 20


def june(as_of: date) -> pa.Table:
    return pa.table(
        {
            "scope_id": ["a"],
            "period_start": [date(2026, 6, 1)],
            "period_end": [date(2026, 6, 30)],
            "as_of": [as_of],
        }
    )


def test_the_baselines_are_what_they_are_said_to_be() -> None:
    start = date(2026, 5, 12)  # 30 days are known on June 12, the newest two of 32 held out
    days = np.arange(50)
    spend = 10 + 0.5 * days + np.random.default_rng(1).normal(0, 1, 50)
    table = rows_of(list(spend), end=start + timedelta(days=49), partial=0)
    (row,) = backtest(table, june(date(2026, 6, 12))).to_pylist()
    assert row["run_rate"] == row["run_rate_high"] == pytest.approx(spend[20:30].mean() * 30)
    slope, level = np.polyfit(days[:30], spend[:30], 1)
    assert row["ols"] == pytest.approx(spend[20:30].sum() + (level + slope * days[30:50]).sum())
    scatter = ((spend[:30] - level - slope * days[:30]) ** 2).sum() / 28
    reach = (days[30:50] - days[:30].mean()).sum()
    spread = ((days[:30] - days[:30].mean()) ** 2).sum()
    half = 1.312527 * np.sqrt(scatter * (20 + 20**2 / 30 + reach**2 / spread))  # t, 28 degrees
    assert row["ols_high"] - row["ols"] == pytest.approx(half, rel=1e-5)


def test_scores_are_what_they_are_said_to_be() -> None:
    replays = pa.concat_tables([june(date(2026, 6, 12))] * 2)
    for name, values in {
        "actual": [100.0, 200.0],
        "mean_day": [10.0, 10.0],
        "forecast": [110.0, 150.0],
        "forecast_low": [90.0, 120.0],
        "forecast_high": [120.0, 180.0],
    }.items():
        replays = replays.append_column(name, pa.array(values))
    (row,) = summarise(replays, methods=["forecast"]).to_pylist()
    assert row["median_absolute_error"] == pytest.approx((0.1 + 0.25) / 2)
    assert row["mean_error"] == pytest.approx((10 - 50) / 2 / 300)
    assert row["coverage"] == 0.5
    losses = [0.1 * 10, 0.5 * 10, 0.1 * 20, 0.1 * 80, 0.5 * 50, 0.9 * 20]
    assert row["pinball_loss"] == pytest.approx(np.mean(losses) / 300)


# --- what it promises -----------------------------------------------------------------------------

AMOUNTS = st.one_of(
    st.just(0.0),
    st.floats(-1e3, 1e3),
    st.floats(0, 200),
    st.sampled_from([1e12, 1e-9, -1e12, 5e-324, 1e290]),
)
SPENDS = st.lists(AMOUNTS, max_size=60)


def rows_of(
    spend: list[float], *, scope: str = "a", end: date = TODAY, partial: int = 2
) -> pa.Table:
    """History whose last day is `end`, its newest days not complete."""
    days = [end - timedelta(days=len(spend) - 1 - n) for n in range(len(spend))]
    return pa.table(
        {
            "scope_id": pa.array([scope] * len(spend), pa.string()),
            "usage_date": pa.array(days, pa.date32()),
            "spend": pa.array(spend, pa.float64()),
            "is_complete": pa.array(
                [n < len(spend) - partial for n in range(len(spend))], pa.bool_()
            ),
        }
    )


def period(
    start: date = date(2026, 6, 1),
    end: date = date(2026, 6, 30),
    *,
    left: float = 100.0,
    ends_at: date | None = None,
    name: str = "p",
    scope: str = "a",
    data_through: date = TODAY,
    partial: int = 2,
) -> pa.Table:
    return pa.table(
        {
            "period_id": pa.array([name], pa.string()),
            "scope_id": pa.array([scope], pa.string()),
            "period_start": pa.array([start], pa.date32()),
            "period_end": pa.array([end], pa.date32()),
            "complete_through": pa.array([data_through - timedelta(days=partial)], pa.date32()),
            "data_through": pa.array([data_through], pa.date32()),
            "left": pa.array([left], pa.float64()),
            "ends_at": pa.array([ends_at], pa.date32()),
        }
    )


def only(table: pa.Table, periods: pa.Table) -> dict:
    (row,) = forecast(table, periods).totals.to_pylist()
    return row


@given(SPENDS, st.integers(-5, 60), st.integers(0, 120), st.floats(-1e4, 1e4), st.integers(0, 5))
def test_figures_are_finite_and_in_order(
    spend: list[float], begins_in: int, length: int, left: float, partial: int
) -> None:
    start = TODAY + timedelta(days=begins_in)
    end = start + timedelta(days=length)
    made = forecast(rows_of(spend, partial=partial), period(start, end, left=left, partial=partial))
    (row,) = made.totals.to_pylist()
    assert row["method"] in METHODS
    figures = [row["rest_low"], row["rest"], row["rest_high"]]
    assert np.isfinite(figures).all()
    assert 0 <= row["rest_low"] <= row["rest"] <= row["rest_high"]
    assert 0 <= row["breach_probability"] <= 1
    remains = end > TODAY - timedelta(days=partial)
    assert (row["rest_high"] > row["rest_low"]) == remains
    if row["breach_date"]:
        assert max(start, TODAY - timedelta(days=partial)) <= row["breach_date"] <= end
    days = made.daily.to_pylist()
    first = max(start, TODAY + timedelta(days=1))
    assert [day["usage_date"] for day in days] == [
        first + timedelta(days=n) for n in range(max((end - first).days + 1, 0))
    ]
    for edge in ("", "_low", "_high"):
        course = [day[f"rest_to_date{edge}"] for day in days]
        assert np.isfinite(course).all()
        assert all(now >= before for before, now in pairwise(course))
        if course:
            assert course[-1] == row[f"rest{edge}"]


@given(SPENDS, st.lists(st.floats(-1e3, 1e5), min_size=2, max_size=6))
def test_a_larger_amount_is_less_likely_reached(spend: list[float], lefts: list[float]) -> None:
    lefts = sorted(lefts)
    periods = pa.concat_tables([period(left=left, name=str(n)) for n, left in enumerate(lefts)])
    chances = forecast(rows_of(spend), periods).totals["breach_probability"].to_pylist()
    assert chances == sorted(chances, reverse=True)
    assert all(chance == 1 for chance, left in zip(chances, lefts, strict=True) if left <= 0)


@given(SPENDS, st.integers(0, 400))
def test_a_deleted_space_spends_nothing_more(spend: list[float], gone_for: int) -> None:
    ends_at = TODAY - timedelta(days=2 + gone_for)
    row = only(rows_of(spend), period(end=date(2026, 12, 31), ends_at=ends_at))
    assert (row["rest_low"], row["rest"], row["rest_high"]) == (0, 0, 0)


@given(st.lists(SPENDS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_neither_order_nor_company_matters(spends: list[list[float]], random) -> None:
    tables = [rows_of(spend, scope=str(n)) for n, spend in enumerate(spends)]
    ends = [date(2026, 6, 30), date(2026, 12, 31), date(2026, 9, 30), date(2026, 6, 20)]
    periods = [period(scope=str(n), name=str(n), end=ends[n]) for n in range(len(spends))]
    together = pa.concat_tables(tables)
    shuffled = together.take(
        pa.array(random.sample(range(len(together)), len(together)), pa.int64())
    )
    made = forecast(shuffled, pa.concat_tables(periods))
    alone = [forecast(table, one) for table, one in zip(tables, periods, strict=True)]
    assert made.totals.to_pylist() == [one.totals.to_pylist()[0] for one in alone]
    assert made.daily.equals(pa.concat_tables([one.daily for one in alone]).combine_chunks())


def test_periods_of_one_scope_tell_the_same_story() -> None:
    ends = {"month": date(2026, 6, 30), "quarter": date(2026, 8, 31), "year": date(2027, 5, 31)}
    periods = pa.concat_tables([period(end=end, name=name) for name, end in ends.items()])
    made = forecast(rows_of(list(noisy(300))), periods)
    courses = {name: {} for name in ends}
    for day in made.daily.to_pylist():
        courses[day["period_id"]][day["usage_date"]] = day["rest_to_date"]
    assert [len(course) for course in courses.values()] == [15, 77, 350]
    assert courses["month"].items() <= courses["quarter"].items() <= courses["year"].items()


def test_a_period_without_end_is_forecast_for_five_years() -> None:
    made = forecast(rows_of([1.0] * 60), period(end=date(2999, 12, 31)))
    assert made.daily.num_rows == LONGEST - 2
    assert np.isfinite(made.totals["rest_high"].to_pylist()).all()


def test_a_period_that_is_over_has_no_rest() -> None:
    row = only(rows_of([10.0] * 60), period(date(2026, 5, 1), date(2026, 5, 31)))
    assert (row["method"], row["rest_low"], row["rest"], row["rest_high"]) == ("over", 0, 0, 0)


def test_empty_tables_give_empty_tables() -> None:
    made = forecast(rows_of([]), period().slice(0, 0))
    assert (len(made.totals), len(made.daily)) == (0, 0)
    nothing = only(rows_of([]), period())
    assert (nothing["method"], nothing["rest"]) == ("no history", 0)
    replays = month_replays(rows_of([]))
    assert len(backtest(rows_of([]), replays)) == 0


# --- what it knows of bills -----------------------------------------------------------------------


def noisy(days: int, level: float = 100.0, seed: int = 3) -> np.ndarray:
    return level * np.exp(np.random.default_rng(seed).normal(0, 0.05, days))


def dates(days: int) -> list[date]:
    return [TODAY - timedelta(days=days - 1 - n) for n in range(days)]


def test_a_monthly_charge_is_expected_again_and_not_spread() -> None:
    spend = noisy(200, 10.0) + np.array([500.0 if day.day == 1 else 0.0 for day in dates(200)])
    this = only(rows_of(list(spend)), period())
    assert this["method"] == "monthly charge"
    assert this["rest"] == pytest.approx(10 * 15, rel=0.2)
    made = forecast(rows_of(list(spend)), period(date(2026, 7, 1), date(2026, 7, 31)))
    assert made.totals["rest"][0].as_py() == pytest.approx(500 + 10 * 31, rel=0.1)
    course = made.daily["rest_to_date"].to_pylist()
    assert course[0] == pytest.approx(510, rel=0.1)


def test_a_charge_on_the_31st_falls_due_on_the_last_day_of_a_short_month() -> None:
    last = [(day + timedelta(days=1)).day == 1 for day in dates(200)]
    spend = noisy(200, 10.0) + np.where(last, 500.0, 0.0)
    made = forecast(rows_of(list(spend)), period())
    steps = np.diff([0.0, *made.daily["rest_to_date"].to_pylist()])
    assert steps.argmax() == len(steps) - 1
    assert steps[-1] == pytest.approx(510, rel=0.1)


def test_weekends_of_a_weekday_space_cost_nothing() -> None:
    spend = noisy(200) * np.array([day.weekday() < 5 for day in dates(200)])
    made = forecast(rows_of(list(spend)), period()).daily
    steps = np.diff([0.0, *made["rest_to_date"].to_pylist()])[1:]
    weekend = [day.weekday() >= 5 for day in made["usage_date"].to_pylist()][1:]
    assert steps[weekend].max() < 3
    assert steps[~np.array(weekend)].min() > 80


@pytest.mark.parametrize("ago", [4, 20])
def test_a_one_off_run_hardly_moves_the_forecast(ago: int) -> None:
    spend = noisy(200)
    plain = only(rows_of(list(spend)), period())
    spend[-1 - ago] += 5000
    after = only(rows_of(list(spend)), period())
    assert after["rest"] == pytest.approx(plain["rest"], rel=0.05)
    assert only(rows_of(list(spend)), period(end=date(2026, 9, 30)))["rest_high"] > 1.3 * 107 * 100


def left_running(days: int, today: float = 8.0) -> dict:
    spend = np.full(200, 0.25)
    spend[-2 - days : -2] = 17.0
    spend[-2:] = today
    return only(rows_of(list(spend)), period())


def test_a_machine_left_running_is_believed_the_more_the_longer_it_runs() -> None:
    full = 17.0 * 17 - 16
    assert left_running(2)["rest"] < 20 < full * 0.9 < left_running(2)["rest_high"]
    assert left_running(6)["rest"] == pytest.approx(full, rel=0.1)
    assert left_running(6)["rest_low"] < 20
    # Days that have not filled up count once they are beyond doubt.
    assert left_running(4, today=0.0)["rest"] < 20 < left_running(4)["rest"]
    for days in (20, 30, 45, 80):
        row = left_running(days)
        assert row["rest_low"] > 0.7 * full, days
        assert row["rest"] == pytest.approx(full, rel=0.1), days


def test_the_newest_days_fill_up() -> None:
    full = noisy(200)
    half = full.copy()
    half[-2:] *= 0.5
    seen_half = only(rows_of(list(half)), period())
    seen_full = only(rows_of(list(full)), period())
    assert seen_half["rest"] == pytest.approx(100 * 16, rel=0.1)
    assert seen_full["rest"] == pytest.approx(100 * 15, rel=0.1)
    # What a day shows beyond the usual is not taken back.
    half[-1] = 900
    assert only(rows_of(list(half)), period())["rest"] == pytest.approx(100 * 15.5, rel=0.1)


def test_a_space_that_began_this_week_has_a_wide_band() -> None:
    new = only(rows_of([50.0, 50.0, 50.0, 50.0, 20.0]), period())
    old = only(rows_of([50.0] * 200), period())
    assert new["method"] == "short history"
    assert new["rest"] == pytest.approx(50 * 15.5, rel=0.25)
    assert new["rest_high"] - new["rest_low"] > 3 * (old["rest_high"] - old["rest_low"])
    begun = only(rows_of([30.0, 20.0]), period())
    assert begun["method"] == "short history"
    assert begun["rest"] > 100


def test_an_idle_space_may_start_again() -> None:
    spend = noisy(200)
    spend[-16:] = 0
    row = only(rows_of(list(spend)), period())
    assert (row["method"], row["rest_low"]) == ("idle", 0)
    assert row["rest"] < 100
    assert row["rest_high"] > 100


def test_the_breach_date_is_the_day_the_median_reaches_what_is_left() -> None:
    made = forecast(rows_of(list(noisy(200))), period(left=750.0))
    (row,) = made.totals.to_pylist()
    reached = [day["usage_date"] for day in made.daily.to_pylist() if day["rest_to_date"] >= 750]
    assert row["breach_date"] == reached[0]
    assert row["breach_probability"] > 0.9
    assert only(rows_of(list(noisy(200))), period(left=1e6))["breach_date"] is None
