"""`python -m bench.forecasts`: our forecast beside simple ones and libraries, on the same replays.

Every contender sees the same days of the same generated series (tests/series.py) and gives the 10 %,
50 % and 90 % quantile of what a month will cost in all. Libraries are used where they are installed
(`pip install statsforecast statsmodels`, in an environment of their own; `PYTHONPATH=src` finds
ours) and named where they are not; no lock holds them.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.metadata
import importlib.util
import re
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tests.series import KINDS, history, make_many

from spaceledger.forecast import backtest, forecast, month_replays, summarise

PATHS = 400
SEEDS = range(500_000, 500_025)  # neither those of tuning nor those of the tests
SHORTEST = 21  # days of history a contender is asked to forecast from

Paths = Callable[[np.ndarray, int, np.random.Generator], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300, help="replays all contenders share")
    options = parser.parse_args()
    table = history(make_many(KINDS, SEEDS))
    replays = month_replays(table, as_of_days=(6, 12, 20))
    began = time.perf_counter()
    done = backtest(table, replays)
    each = (time.perf_counter() - began) / len(done)
    print(f"all {len(done):,} replays of {25 * len(KINDS)} series")
    show(summarise(done), {"forecast": each})
    print("\nper kind, ours")
    kinds = pa.array([one.rsplit(" ", 1)[0] for one in done["scope_id"].to_pylist()])
    by_kind = summarise(done.append_column("kind", kinds), "kind", ("forecast",))
    show(by_kind.drop_columns(["method"]).rename_columns(["method", *by_kind.column_names[2:]]), {})
    hurry()
    compare(table, done, options.sample, each)
    weigh()


def compare(table: pa.Table, done: pa.Table, sample: int, each: float) -> None:
    """All contenders on a sample of the replays, small enough for the slow ones."""
    known = days_known(table, done)
    enough = np.flatnonzero([len(one) >= SHORTEST and one.any() for one in known])
    chosen = np.sort(
        np.random.default_rng(1).choice(enough, min(sample, len(enough)), replace=False)
    )
    some = done.take(pa.array(chosen))
    spent, ahead = some["spent"].to_numpy(), some["days_left"].to_numpy()
    seconds = {"forecast": each}
    names = ["forecast", "run_rate", "ols"]
    for name, draw in contenders().items():
        rng = np.random.default_rng(2)
        began = time.perf_counter()
        totals = [
            draw_total(draw, known[row], int(days), rng)
            for row, days in zip(chosen, ahead, strict=True)
        ]
        seconds[name] = (time.perf_counter() - began) / len(chosen)
        for edge, column in zip(("_low", "", "_high"), np.array(totals).T, strict=True):
            some = some.append_column(name + edge, pa.array(spent + column))
        names.append(name)
        print(f"  {name} done", file=sys.stderr)
    print(f"\n{len(chosen)} replays with {SHORTEST} days of history or more, the same for all")
    show(summarise(some, None, names), seconds)
    kinds = pa.array([one.rsplit(" ", 1)[0] for one in some["scope_id"].to_pylist()])
    by_kind = summarise(some.append_column("kind", kinds), "kind", names).to_pylist()
    print("\npinball loss per kind, in thousandths (a few dozen replays each)")
    print(" " * 18 + " ".join(f"{name[:9]:>9}" for name in names))
    for kind in KINDS:
        loss = [row["pinball_loss"] for row in by_kind if row["group"] == kind]
        print(f"{kind:18}" + " ".join(f"{1000 * one:9.1f}" for one in loss))


def draw_total(draw: Paths, known: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
    """The three quantiles of a sum; a contender that fails is given the last four weeks' mean."""
    size = np.abs(known).max()
    try:
        paths = np.maximum(draw(known / size, days, rng), 0) * size
    except (ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError):
        paths = np.full((2, days), known[-28:].mean())
    paths = np.where(np.isfinite(paths), paths, 0)
    return np.quantile(paths.sum(axis=1), (0.1, 0.5, 0.9))


def days_known(table: pa.Table, done: pa.Table) -> list[np.ndarray]:
    """What each replay knew: daily spend from the first day to the last complete one."""
    names = table["scope_id"].to_numpy(zero_copy_only=False)
    days = table["usage_date"].to_numpy().astype("datetime64[D]")
    spend = table["spend"].to_numpy()
    found = {name: (days[names == name], spend[names == name]) for name in np.unique(names)}
    last = done["as_of"].to_numpy().astype("datetime64[D]") - 2
    known = []
    for name, end in zip(done["scope_id"].to_pylist(), last, strict=True):
        dates, amounts = found[name]
        known.append(amounts[dates <= end])
    return known


# --- contenders -----------------------------------------------------------------------------------


def contenders() -> dict[str, Paths]:
    """Simple methods, and those of the libraries that are there."""
    found: dict[str, Paths] = {
        "seasonal naive": seasonal_naive,
        "weekday bootstrap": weekday_bootstrap,
    }
    for library, add in (("statsforecast", statsforecast), ("statsmodels", statsmodels)):
        if importlib.util.find_spec(library):
            found |= add()
        else:
            print(f"\n{library} is not installed here: its methods are left out", flush=True)
    return found


def seasonal_naive(known: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
    """Last week again, plus the week-to-week changes of the past, drawn at random."""
    changes = known[7:] - known[:-7]
    weeks = -(-days // 7)
    picks = rng.integers(0, len(changes) - 6, (PATHS, weeks))
    steps = changes[picks[:, :, None] + np.arange(7)].cumsum(axis=1)
    return (known[-7:] + steps).reshape(PATHS, -1)[:, :days]


def weekday_bootstrap(known: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
    """Each day is one of the same weekdays of the last eight weeks."""
    weeks = min(8, len(known) // 7)
    recent = known[-7 * weeks :].reshape(weeks, 7)
    return recent[rng.integers(0, weeks, (PATHS, days)), np.arange(days) % 7]


def statsforecast() -> dict[str, Paths]:
    """Nixtla's models, each by its own simulation; MSTL has none and adds up daily quantiles."""
    from statsforecast import models

    def simulated(make: Callable[[], object]) -> Paths:
        def draw(known: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
            seed = int(rng.integers(2**31))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return np.asarray(make().simulate(days, PATHS, y=known, seed=seed))  # type: ignore[attr-defined]

        return draw

    def mstl(known: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = models.MSTL(season_length=7).forecast(known, days, level=[80])
        half = np.sqrt(((made["hi-80"] - made["lo-80"]) ** 2).sum()) / 2
        steps = rng.normal(0, half / 1.2816, PATHS)  # days taken for independent
        return made["mean"] + (steps / days)[:, None]

    return {
        "AutoETS": simulated(lambda: models.AutoETS(season_length=7)),
        "AutoETS additive": simulated(lambda: models.AutoETS(season_length=7, model="AZA")),
        "AutoTheta": simulated(lambda: models.AutoTheta(season_length=7)),
        "ConformalSeasonalPool": simulated(lambda: models.ConformalSeasonalPool(season_length=7)),
        "MSTL": mstl,
    }


def statsmodels() -> dict[str, Paths]:
    """Additive error, damped trend and weekly season, fitted by maximum likelihood."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    def ets(known: np.ndarray, days: int, rng: np.random.Generator) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = ETSModel(
                known,
                error="add",
                trend="add",
                damped_trend=True,
                seasonal="add",
                seasonal_periods=7,
            )
            fitted = model.fit(disp=False, maxiter=100)
            seed = int(rng.integers(2**31))
            drawn = fitted.simulate(days, anchor="end", repetitions=PATHS, rng=seed)
        return np.asarray(drawn).reshape(days, PATHS).T

    return {"statsmodels ETS": ets}


# --- tables ---------------------------------------------------------------------------------------


def show(table: pa.Table, seconds: dict[str, float]) -> None:
    print(
        f"{'':22} {'count':>6} {'error':>7} {'bias':>7} {'inside':>7} {'pinball':>8} {'seconds each':>13}"
    )
    for row in table.to_pylist():
        took = seconds.get(row["method"])
        print(
            f"{row['method']:22} {row['count']:6,} {row['median_absolute_error']:7.1%}"
            f" {row['mean_error']:+7.3f} {row['coverage']:7.0%} {row['pinball_loss']:8.4f}"
            f" {'' if took is None else format(took, '13.4f')}"
        )


def hurry() -> None:
    """Seconds and peak memory of the sizes a large ledger has, in this one process."""
    many = [
        dataclasses.replace(one, scope_id=f"{one.scope_id} {part}")
        for part in range(4)
        for one in make_many(KINDS, SEEDS, date(2024, 1, 1), 731)
    ]
    table = history(many)
    count = len(many)
    print(f"\n{count:,} scopes with two years of days")
    for name, end in (
        ("to the end of a month", date(2026, 1, 31)),
        ("of a quarter", date(2026, 3, 31)),
        ("of a year", date(2026, 12, 31)),
    ):
        periods = pa.table(
            {
                "period_id": [one.scope_id for one in many],
                "scope_id": [one.scope_id for one in many],
                "period_start": pa.array([date(2026, 1, 1)] * count, pa.date32()),
                "period_end": pa.array([end] * count, pa.date32()),
                "complete_through": pa.array([date(2025, 12, 29)] * count, pa.date32()),
                "data_through": pa.array([date(2025, 12, 31)] * count, pa.date32()),
                "left": pa.array([1000.0] * count, pa.float64()),
                "ends_at": pa.array([None] * count, pa.date32()),
            }
        )
        began = time.perf_counter()
        forecast(table, periods)
        took(f"forecast {name}", began)
    began = time.perf_counter()
    replays = month_replays(table, as_of_days=(15,))
    late = pc.greater_equal(replays["period_start"], pa.scalar(date(2025, 7, 1)))
    replays = replays.filter(late)
    backtest(table, replays)
    took(f"backtest, {len(replays):,} replays", began)


def took(what: str, began: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:32} {time.perf_counter() - began:6.2f} s, peak {peak:,.0f} MB", flush=True)


def weigh() -> None:
    """Seconds to import beyond numpy and pyarrow, and what would be installed beyond the runtime lock."""
    print(f"\n{'':22} {'import s':>9} {'packages':>9} {'MB':>7}")
    base = set(
        re.findall(r"^([a-z0-9._-]+)==", Path("requirements.lock").read_text(), re.MULTILINE)
    )
    for name, module in (
        ("ours", "spaceledger.forecast"),
        ("statsforecast", "statsforecast.models"),
        ("statsmodels", "statsmodels.tsa.exponential_smoothing.ets"),
    ):
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            continue
        took = min(import_seconds(module) for _ in range(3)) - min(
            import_seconds("numpy, pyarrow.compute") for _ in range(3)
        )
        tree = set() if name == "ours" else tree_of(name) - base
        size = sum(disk(package) for package in tree) / 1e6
        print(f"{name:22} {max(took, 0):9.2f} {len(tree):9} {size:7.0f}")


def import_seconds(module: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - began


def tree_of(name: str, seen: set[str] | None = None) -> set[str]:
    """A package and all it needs that is installed."""
    seen = set() if seen is None else seen
    try:
        needs = importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:
        return seen
    seen.add(name)
    for need in needs:
        package = re.split(r"[^A-Za-z0-9_.-]", need)[0].lower()
        if "extra ==" not in need and package not in seen:
            tree_of(package, seen)
    return seen


def disk(name: str) -> int:
    files = importlib.metadata.files(name) or []
    paths = [file.locate() for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file())  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
