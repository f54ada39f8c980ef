"""What is measured, each in a process of its own: `python -m bench.contenders NAME FILE...`

Prints one line of JSON: seconds, peak memory of the process in MB, and the answer, so that contenders
are seen to agree.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.generate import USED_CSV, USED_PARQUET

if TYPE_CHECKING:
    from spaceledger.pipeline import Outcome

Answer = dict[str, float]
_SPACE_TAG = "resource_tags_user_sagemaker_space_arn"


def bare_parquet(files: list[Path]) -> Answer:
    """DuckDB decodes the same columns and keeps nothing."""
    import duckdb

    names = [f"'{path}'" for path in files]
    columns = ", ".join(USED_PARQUET)
    query = f"select sum(hash({columns})) from read_parquet([{', '.join(names)}])"
    return {"rows": 0, "hash": float(duckdb.sql(query).fetchall()[0][0])}


def bare_csv(files: list[Path]) -> Answer:
    """DuckDB parses the same columns as text and keeps nothing."""
    import duckdb

    names = [f"'{path}'" for path in files]
    columns = ", ".join(f'"{name}"' for name in USED_CSV)
    query = (
        f"select sum(hash({columns})) from read_csv([{', '.join(names)}],"
        " header = true, all_varchar = true, delim = ',', quote = '\"')"
    )
    return {"rows": 0, "hash": float(duckdb.sql(query).fetchall()[0][0])}


def pandas_parquet(files: list[Path]) -> Answer:
    """The script of a good analyst: the columns needed, file by file, summed by space and day."""
    import pandas as pd

    columns = [*_ANALYST, _SPACE_TAG]
    return _analysed(pd.read_parquet(path, columns=columns) for path in files)


def pandas_csv(files: list[Path]) -> Answer:
    """The same over CSV, with `usecols` and stated types."""
    import pandas as pd

    names = dict(zip(USED_CSV, USED_PARQUET, strict=True))
    wanted = {legacy: name for legacy, name in names.items() if name in {*_ANALYST, _SPACE_TAG}}
    money = {name for name in wanted if "Cost" in name or "Fee" in name or "Commitment" in name}
    types = {name: "float64" if name in money else "str" for name in wanted}

    def read(path: Path) -> object:
        frame = pd.read_csv(path, usecols=list(wanted), dtype=types)
        return frame.rename(columns=wanted)

    return _analysed(read(path) for path in files)


_ANALYST = (
    "line_item_line_item_type", "line_item_usage_start_date", "line_item_product_code",
    "line_item_usage_type", "line_item_resource_id", "line_item_unblended_cost",
    "line_item_net_unblended_cost", "reservation_effective_cost",
    "savings_plan_savings_plan_effective_cost", "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment", "resource_tags_user_sagemaker_domain_arn",
    "resource_tags_user_sagemaker_user_profile_arn",
)  # fmt: skip


def _analysed(frames: object) -> Answer:
    """Reads every chunk, joins them, and sums the effective cost of lines in scope by space and day."""
    import numpy as np
    import pandas as pd

    bill = pd.concat(list(frames), ignore_index=True)  # type: ignore[call-overload]
    kind = bill["line_item_line_item_type"]
    net = bill["line_item_net_unblended_cost"].fillna(bill["line_item_unblended_cost"])
    conditions = [kind == "SavingsPlanCoveredUsage", kind == "SavingsPlanRecurringFee",
                  kind == "SavingsPlanNegation", kind == "DiscountedUsage"]  # fmt: skip
    choices = [
        bill["savings_plan_savings_plan_effective_cost"],
        bill["savings_plan_total_commitment_to_date"] - bill["savings_plan_used_commitment"],
        0.0,
        bill["reservation_effective_cost"],
    ]
    bill["effective_cost"] = np.select(conditions, choices, net)
    scope = bill["line_item_product_code"].isin(["AmazonSageMaker", "MachineLearningSavingsPlans"])
    scope |= bill[_SPACE_TAG].fillna("") != ""
    kept = bill[scope]
    day = pd.to_datetime(kept["line_item_usage_start_date"]).dt.date
    spend = kept.groupby([kept[_SPACE_TAG].fillna(""), day])["effective_cost"].sum()
    return {"rows": len(bill), "effective": float(spend.sum()), "total": float(net.sum())}


def ledger(files: list[Path]) -> Answer:
    """A first run of the product on the export these files belong to."""
    export = next(p for p in files[0].parents if p.name in {"export", "report"})
    home = export.parent / f"home-{export.name}"
    outcome, seconds = timed_run(export, home, datetime(2026, 9, 1, tzinfo=UTC))
    return {
        "rows": sum(row.row_count for row in outcome.loaded),
        "effective": _ledger_effective(home),
        **seconds,
    }


def timed_run(export: Path, home: Path, now: datetime) -> tuple[Outcome, Answer]:
    """A run of the product on an export that holds something new, with the seconds of each part."""
    from spaceledger import pipeline
    from spaceledger.settings import Settings

    settings = Settings.model_validate(
        {"home": home, "costs": [{"name": "bench", "uri": str(export)}]}
    )
    marks: list[tuple[str, float]] = []

    def step(name: str) -> None:
        marks.append((name, time.perf_counter()))

    outcome = pipeline.run(settings, as_of=date(2026, 9, 1), now=now, step=step)
    marks.append(("end", time.perf_counter()))
    starts = dict(reversed(marks))
    load_starts = next(moment for name, moment in marks if name.startswith("load"))
    return outcome, {
        "load_seconds": starts["build"] - load_starts,
        "build_seconds": starts["check"] - starts["build"],
        "check_seconds": starts["report"] - starts["check"],
        "report_seconds": starts["publish"] - starts["report"],
        "publish_seconds": starts["end"] - starts["publish"],
    }


def _ledger_effective(home: Path) -> float:
    from spaceledger import open_ledger

    query = "select sum(effective_cost) as cost from marts.space_spend_daily"
    return float(open_ledger(home).sql(query, arrow=True)["cost"][0].as_py())


CONTENDERS: dict[str, Callable[[list[Path]], Answer]] = {
    "bare parquet": bare_parquet,
    "bare csv": bare_csv,
    "pandas parquet": pandas_parquet,
    "pandas csv": pandas_csv,
    "ledger": ledger,
}


def main() -> None:
    name, *files = sys.argv[1:]
    began = time.perf_counter()
    answer = CONTENDERS[name]([Path(file) for file in files])
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **answer}))


if __name__ == "__main__":
    main()
