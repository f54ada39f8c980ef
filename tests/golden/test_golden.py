"""What the demo gives, to the last decimal, against files under review: a change of a number shows."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from difflib import unified_diff
from pathlib import Path

import duckdb
import pytest

from spaceledger import pipeline
from spaceledger.paths import scenario_path
from spaceledger.settings import load_settings

GOLDEN = Path(__file__).parent
DATA = scenario_path().parent
SHOWN_LINES = 60

# Columns that differ from machine to machine are left out; order is by grain.
QUERIES = {
    "space_spend_monthly": """
        select * from marts.space_spend_monthly
        order by billing_period, domain_arn nulls first, space_arn nulls first, billing_currency
    """,
    "attribution_coverage": """
        select * from marts.attribution_coverage
        order by billing_period, attribution_method, billing_currency
    """,
    "bill_reconciliation": """
        select * from marts.bill_reconciliation
        order by billing_period, source, charge_type, billing_currency
    """,
    "spaces": "select * from marts.spaces order by space_arn",
    "deliveries": """
        select * exclude (delivered_at, loaded_at, location) from marts.deliveries
        order by source, billing_period, delivery_id, billing_currency
    """,
    "ingest_problems": """
        select * exclude (first_seen_at, last_seen_at) replace (
            replace(location, getvariable('data'), 'data-samples') as location,
            replace(detail, getvariable('data'), 'data-samples') as detail
        )
        from marts.ingest_problems order by source, location, problem
    """,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one CSV file for each query, from one run of the demo."""
    folder = tmp_path_factory.mktemp("golden")
    settings = load_settings(DATA / "spaceledger.toml").model_copy(update={"home": folder / "home"})
    now = datetime(2026, 10, 21, 9, tzinfo=UTC)
    assert pipeline.run(settings, as_of=date(2026, 10, 21), now=now).published
    ledger = (folder / "home" / "ledger.duckdb").resolve()
    with duckdb.connect(str(ledger), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        con.execute("set variable data = ?", [str(DATA)])
        for name, query in QUERIES.items():
            con.execute(f"copy ({query}) to '{folder / name}.csv' (format csv, header)").fetchall()
    return folder


def difference(name: str, golden: str, made: str) -> str:
    lines = list(
        unified_diff(
            golden.splitlines(), made.splitlines(), f"tests/golden/{name}.csv", "now", "", "", 0, ""
        )
    )
    more = [f"... and {len(lines) - SHOWN_LINES} lines more"] if len(lines) > SHOWN_LINES else []
    header = made.partition("\n")[0]
    return "\n".join([f"marts.{name} changed ({header}):", *lines[:SHOWN_LINES], *more])


@pytest.mark.parametrize("name", QUERIES)
def test_the_demo_gives_what_it_gave(name: str, made: Path, regenerate: bool) -> None:
    golden, now = GOLDEN / f"{name}.csv", made / f"{name}.csv"
    if regenerate:
        shutil.copyfile(now, golden)
    before = golden.read_text(encoding="utf-8") if golden.exists() else ""
    after = now.read_text(encoding="utf-8")
    if before != after:
        pytest.fail(
            f"{difference(name, before, after)}\n"
            "If this change is meant, run `make golden` and commit the files.",
            pytrace=False,
        )


def test_no_file_is_left_over_and_all_are_small() -> None:
    files = {path.stem: path.stat().st_size for path in GOLDEN.glob("*.csv")}
    assert set(files) == set(QUERIES)
    assert sum(files.values()) < 300_000
