"""Budgets at scale: 1,000 spaces with a budget each, over two years of daily charges.

The whole first run, with what is spent on numbers that SQL cannot make, which must stay under 20 s on
two cores; and a run on the next day, of which only the budgets are new.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from bench.generate import COLUMNS

SPACES, MONTHS, AS_OF = 1_000, 24, date(2026, 8, 21)
LIMIT_SECONDS = 20
_SPACE = "'arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/space-' || n"
# A rhythm of weekdays, a level of its own and rare runs; numbers from hashes, so the same each time.
_LEVEL = "(1 + hash(n) % 200)"
_RHYTHM = "case when dayofweek(day) in (0, 6) then 0.25 else 1 end"
_NOISE = "(0.7 + (hash(n, day) % 1000) / 1666.0)"
_RUN = "case when hash(day, n) % 29 = 0 then 6 else 0 end"
_BURST = {
    "identity_line_item_id": "md5(n::varchar || day::varchar)",
    "bill_invoice_id": "case when day < date '2026-08-01' then 'INV' end",
    "bill_billing_period_start_date": "date_trunc('month', day)::timestamp",
    "line_item_usage_account_id": "'012345678901'",
    "line_item_line_item_type": "'Usage'",
    "line_item_usage_start_date": "day::timestamp",
    "line_item_usage_end_date": "day::timestamp + interval 1 day",
    "line_item_product_code": "'AmazonSageMaker'",
    "line_item_usage_type": "'USE1-Studio:JupyterLab-ml.t3.medium'",
    "line_item_resource_id": (
        "'arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/space-' || n || '/jupyterlab/default'"
    ),
    "line_item_usage_amount": "24.0",
    "line_item_unblended_cost": f"round({_LEVEL} * ({_RHYTHM} * {_NOISE} + {_RUN}), 8)::double",
    "line_item_net_unblended_cost": "null::double",
    "line_item_line_item_description": "'$0.05 per Hrs'",
    "resource_tags_user_sagemaker_domain_arn": "'arn:aws:sagemaker:us-east-1:012345678901:domain/d-abc'",
    "resource_tags_user_sagemaker_space_arn": _SPACE,
}


def main(out: Path) -> None:
    """Prints the figures."""
    print(f"\n{SPACES:,} budgets over {MONTHS} months of daily charges", flush=True)
    folder = out / f"budgets-{SPACES}"
    for period in _periods():
        _bill(folder / "export", period)
    for name, as_of in (("first run", AS_OF), ("next day", AS_OF + timedelta(days=1))):
        command = [sys.executable, "-m", "bench.budgets", str(folder), as_of.isoformat(), name]
        root = Path(__file__).resolve().parent.parent
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=root)
        _show(name, json.loads(done.stdout.splitlines()[-1]))


def _periods() -> list[str]:
    last = AS_OF.year * 12 + AS_OF.month - 1
    months = range(last - MONTHS + 1, last + 1)
    return [f"{number // 12}-{number % 12 + 1:02}" for number in months]


def _bill(export: Path, period: str) -> None:
    """One month of a CUR 2.0 export: a line per space and day; made once."""
    folder = f"BILLING_PERIOD={period}"
    manifest = export / "metadata" / folder / "export-Manifest.json"
    if manifest.exists():
        return
    data = export / "data" / folder
    data.mkdir(parents=True, exist_ok=True)
    manifest.parent.mkdir(parents=True, exist_ok=True)
    parts = [f"{_BURST.get(name, sql)} as {name}" for name, _, sql in COLUMNS
             if name in _BURST or "hash(i)" not in sql]  # fmt: skip
    rows = (
        f"select n, day::date as day, n as i, true as s from range({SPACES}) as spaces(n),"
        f" range(date '{period}-01', least(date '{period}-01' + interval 1 month,"
        f" date '{AS_OF}'), interval 1 day) as days(day)"
    )
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        target = str(data / "export-00001.snappy.parquet").replace("'", "''")
        query = f"select {', '.join(parts)} from ({rows})".replace("{period}", period)
        con.execute(f"copy ({query}) to '{target}' (format parquet)")
    uri = f"s3://bucket/export/data/{folder}/export-00001.snappy.parquet"
    manifest.write_text(json.dumps({"executionId": f"{period}-1", "dataFiles": [uri]}))


def _show(name: str, result: dict[str, float]) -> None:
    computed = sum(value for key, value in result.items() if key.startswith("compute "))
    verdict = "met" if computed <= LIMIT_SECONDS else "MISSED"
    print(f"  {name:10} {result.pop('whole'):6.1f} s, peak {result.pop('peak_mb'):,.0f} MB,"
          f" {result.pop('budgets'):,.0f} budget periods")  # fmt: skip
    print(f"  {'':10} numbers {computed:.1f} s (at most {LIMIT_SECONDS}: {verdict}); "
          + ", ".join(f"{key} {value:.1f}" for key, value in result.items() if value > 0.3),
          flush=True)  # fmt: skip


def _one_run(folder: Path, as_of: date, name: str) -> None:
    import shutil

    from spaceledger import numbers, pipeline
    from spaceledger.settings import Settings

    home = folder / "home"
    if name == "first run":
        shutil.rmtree(home, ignore_errors=True)
    seconds: dict[str, float] = {}

    def timed(key: str):
        function = numbers.COMPUTE[key]

        def call(*tables: object):
            began = time.perf_counter()
            try:
                return function(*tables)
            finally:
                seconds[f"compute {key}"] = time.perf_counter() - began

        return call

    for key in list(numbers.COMPUTE):
        numbers.COMPUTE[key] = timed(key)  # type: ignore[index]
    settings = Settings.model_validate({
        "home": home, "costs": [{"name": "acme", "uri": str(folder / "export")}],
        "budgets": [{"name": "each", "space": "*", "amount": 3000}],
    })  # fmt: skip
    marks: list[tuple[str, float]] = []
    began = time.perf_counter()
    outcome = pipeline.run(
        settings,
        as_of=as_of,
        now=datetime.now(UTC),
        step=lambda step: marks.append((step, time.perf_counter())),
    )
    whole = time.perf_counter() - began
    for (step, start), (_, end) in zip(marks, [*marks[1:], ("", began + whole)], strict=True):
        seconds[step] = end - start
    assert outcome.built
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    budgets = outcome.built.rows_written["marts.budget_status"]
    print(json.dumps(seconds | {"whole": whole, "peak_mb": peak, "budgets": budgets}))


if __name__ == "__main__":
    _one_run(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), sys.argv[3])
