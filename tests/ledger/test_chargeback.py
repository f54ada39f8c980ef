"""The chargeback of a month: one row per space, nothing left out, equal to the ledger to the last decimal."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from spaceledger import chargeback, pipeline
from spaceledger.cli import main
from spaceledger.paths import scenario_path
from spaceledger.settings import load_settings
from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.independent.bill_figures import read_bill, summarise

DATA = scenario_path().parent
MEASURES = ("billed_cost", "effective_cost", "amortized_cost", "list_cost", "usage_hours")
PROFILE = "arn:aws:sagemaker:us-east-1:012345678901:user-profile/d-abc/{}"
EVIL = "=cmd|'/C calc'!A0"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration with the published ledger of the demo."""
    folder = tmp_path_factory.mktemp("chargeback")
    text = (DATA / "spaceledger.toml").read_text().replace('"../demo"', f'"{folder / "home"}"')
    config = folder / "spaceledger.toml"
    for name in ("acme-billing", "acme-exports", "acme-trail", "owners.csv"):
        text = text.replace(f'"{name}', f'"{DATA / name}')
    config.write_text(text)
    now = datetime(2026, 10, 21, 9, tzinfo=UTC)
    assert pipeline.run(load_settings(config), as_of=date(2026, 10, 21), now=now).published
    return config


def call(config: Path, period: str, out: Path) -> Result:
    return CliRunner().invoke(
        main, ["chargeback", period, "--config", str(config), "--out", str(out)]
    )


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summed(rows: list[dict[str, str]]) -> dict[str, tuple[Decimal, ...]]:
    found: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(MEASURES))
    for row in rows:
        sums = found[row["billing_currency"]]
        for place, name in enumerate(MEASURES):
            sums[place] += Decimal(row[name] or 0)
    return {currency: tuple(sums) for currency, sums in found.items()}


def ledger_sums(config: Path, period: str) -> dict[str, tuple[Decimal, ...]]:
    measures = ", ".join(f"sum({name})" for name in MEASURES)
    path = (load_settings(config).home / "ledger.duckdb").resolve()
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute(
            f"select billing_currency, {measures} from marts.space_spend_daily"
            " where billing_period = ? group by all",
            [period],
        ).fetchall()
    return {currency: tuple(sums) for currency, *sums in rows}


@pytest.mark.parametrize("period", ["2026-06", "2026-07", "2026-08", "2026-09", "2026-10"])
def test_every_month_of_the_demo_adds_up(demo: Path, tmp_path: Path, period: str) -> None:
    answer = call(demo, period, tmp_path / "out" / "deep")
    assert answer.exit_code == 0, answer.output
    rows = read(tmp_path / "out" / "deep" / f"chargeback-{period}.csv")
    assert summed(rows) == ledger_sums(demo, period)
    spaces = [row["space_arn"] for row in rows if row["space_arn"]]
    assert len(spaces) == len(set(spaces)) > 4
    assert {row["billing_period"] for row in rows} == {period}


def test_it_equals_the_bill_as_an_independent_reader_adds_it_up(demo: Path, tmp_path: Path) -> None:
    assert call(demo, "2026-09", tmp_path).exit_code == 0
    rows = read(tmp_path / "chargeback-2026-09.csv")
    manifest = DATA / "acme-billing/cur/acme-report/20260901-20261001/acme-report-Manifest.json"
    sums = summarise(read_bill([manifest])).totals()["USD"]
    billed, effective, *_ = summed(rows)["USD"]
    assert (billed, effective) == (sums.in_scope_billed, sums.in_scope_effective)


def test_the_console_states_total_status_build_and_files(demo: Path, tmp_path: Path) -> None:
    final = call(demo, "2026-09", tmp_path)
    build_id = read(tmp_path / "chargeback-2026-09.csv")[0]["build_id"]
    assert final.stdout.splitlines() == [
        "2026-09: billed cost 4,000.9681795479 USD, effective cost 4,000.9681795479 USD,"
        " equal to the ledger's total",
        f"15 rows, period status final, build {build_id}",
        f"wrote {tmp_path / 'chargeback-2026-09.csv'}",
        f"wrote {tmp_path / 'chargeback-2026-09.parquet'}",
    ]
    assert final.stderr == ""
    still_open = call(demo, "2026-10", tmp_path)
    assert "period status open" in still_open.stdout
    assert still_open.stderr.startswith("NOT FINAL: 2026-10 is open: ")


def test_parquet_holds_the_same_rows_as_decimals(demo: Path, tmp_path: Path) -> None:
    call(demo, "2026-09", tmp_path)
    table = pq.read_table(tmp_path / "chargeback-2026-09.parquet")
    rows = read(tmp_path / "chargeback-2026-09.csv")
    assert table.column_names == list(rows[0])
    for one, other in zip(table.to_pylist(), rows, strict=True):
        assert [one[name] for name in MEASURES] == [Decimal(other[name]) for name in MEASURES]
        assert (one["space_arn"] or "", one["team"] or "") == (other["space_arn"], other["team"])
    assert table.schema.metadata[b"build_id"].decode() == rows[0]["build_id"]


@pytest.fixture
def small(ledger: Ledger) -> Ledger:
    """Two spaces, one of them without an owner, and charges of each other kind in two currencies."""
    lines = [
        {"space": SPACE, "cost": "10.0000000001"},
        {"space": SPACE, "cost": "-1", "type": "Credit"},
        {"space": SPACE, "cost": "3", "currency": "EUR"},
        {"space": OTHER_SPACE, "cost": "0.1"},
        {"profile": PROFILE.format("kim"), "cost": "2"},
        {"profile": PROFILE.format("lee"), "cost": "0.2"},
        {"domain": DOMAIN, "cost": "4"},
        {"cost": "0.7"},
        {"type": "Tax", "cost": "5", "usage_type": ""},
        {"type": "Credit", "cost": "-0.5"},
        {"product": "AmazonEC2", "cost": "1000"},
    ]
    write_cur(ledger.bill, "2026-09", [{**line, "invoice": "1"} for line in lines])
    (ledger.root / "owners.csv").write_text(
        "space_arn,domain_arn,team,owner,cost_centre,display_name\n"
        f'{SPACE},,"@team, ""A""",+ana,-CC1,{EVIL}\n'
        ",arn:aws:sagemaker:us-east-1:012345678901:domain/d-zzz,Other,,CC-9,\n",
        newline="",
    )
    ledger.configure(
        'home = "home"\nowners = "owners.csv"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
    )
    ledger.run()
    return ledger


def test_each_space_has_a_row_and_the_rest_stands_apart(small: Ledger, tmp_path: Path) -> None:
    answer = call(small.config, "2026-09", tmp_path)
    assert answer.exit_code == 0
    rows = read(tmp_path / "chargeback-2026-09.csv")
    columns = ("charged_to", "space_name", "domain_arn", "charge_category", "billing_currency")
    found = [(*(row[name] for name in columns), Decimal(row["billed_cost"])) for row in rows]
    assert found == [
        ("space", "fraud", DOMAIN, "", "USD", Decimal("9.0000000001")),
        ("space", "fraud", DOMAIN, "", "EUR", Decimal(3)),
        ("space", "churn", DOMAIN, "", "USD", Decimal("0.1")),
        ("user profiles of the domain", "", DOMAIN, "Usage", "USD", Decimal("2.2")),
        ("domain", "", DOMAIN, "Usage", "USD", Decimal(4)),
        ("unattributed", "", "", "Tax", "USD", Decimal(5)),
        ("unattributed", "", "", "Usage", "USD", Decimal("0.7")),
        ("unattributed", "", "", "Credit", "USD", Decimal("-0.5")),
    ]
    assert [rows[0][name] for name in ("usage_effective_cost", "effective_cost")] == [
        "10.000000000100", "9.000000000100",
    ]  # fmt: skip
    assert [rows[2][name] for name in ("team", "owner", "cost_centre")] == ["", "", ""]
    assert answer.stdout.splitlines()[:2] == [
        "2026-09: billed cost 3.00 EUR, effective cost 3.00 EUR, equal to the ledger's total",
        "2026-09: billed cost 20.5000000001 USD, effective cost 20.5000000001 USD,"
        " equal to the ledger's total",
    ]


def test_names_are_no_formulas_and_amounts_stay_numbers(small: Ledger, tmp_path: Path) -> None:
    call(small.config, "2026-09", tmp_path)
    row = read(tmp_path / "chargeback-2026-09.csv")[0]
    assert row["space_display_name"] == f"'{EVIL}"
    assert (row["team"], row["owner"], row["cost_centre"]) == ('\'@team, "A"', "'+ana", "'-CC1")
    text = (tmp_path / "chargeback-2026-09.csv").read_bytes()
    assert text.endswith(b"\r\n")
    assert text.count(b"\r\n") == text.count(b"\n") == 9
    assert b",-0.500000000000," in text
    names = pq.read_table(tmp_path / "chargeback-2026-09.parquet")["space_display_name"]
    assert names[0].as_py() == EVIL


def test_the_domain_of_the_owners_file_answers_for_what_no_space_has(
    small: Ledger, tmp_path: Path
) -> None:
    owners = small.root / "owners.csv"
    owners.write_text(owners.read_text().replace("d-zzz", "d-abc"))
    small.run()
    call(small.config, "2026-09", tmp_path)
    rows = read(tmp_path / "chargeback-2026-09.csv")
    centres = {(row["charged_to"], row["space_name"]): row["cost_centre"] for row in rows}
    assert centres == {
        ("space", "fraud"): "'-CC1", ("space", "churn"): "CC-9", ("domain", ""): "CC-9",
        ("user profiles of the domain", ""): "CC-9", ("unattributed", ""): "",
    }  # fmt: skip
    assert len(rows) == 8


def test_rows_that_do_not_add_up_are_not_written(
    small: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = chargeback.reader.query_table

    def short(con: duckdb.DuckDBPyConnection, name: str, values: dict[str, str]) -> object:
        table = query(con, name, values)
        return table.slice(1) if name == "chargeback" else table

    monkeypatch.setattr(chargeback.reader, "query_table", short)
    answer = call(small.config, "2026-09", tmp_path / "out")
    assert answer.exit_code == 1
    assert answer.stderr == (
        "spaceledger: chargeback: the rows add up to 11.50 and 11.50 USD billed and effective, the ledger"
        " of 2026-09 to 20.5000000001 and 20.5000000001; nothing was written - run `spaceledger check`\n"
    )
    assert not (tmp_path / "out").exists()


def test_a_chargeback_replaces_the_one_before(small: Ledger, tmp_path: Path) -> None:
    call(small.config, "2026-09", tmp_path)
    before = read(tmp_path / "chargeback-2026-09.csv")
    write_cur(small.bill, "2026-09", [{"space": SPACE, "cost": "1"}], assembly="assembly-2")
    small.run()
    assert call(small.config, "2026-09", tmp_path).exit_code == 0
    after = read(tmp_path / "chargeback-2026-09.csv")
    assert [len(before), len(after)] == [8, 1]
    assert pq.read_table(tmp_path / "chargeback-2026-09.parquet").num_rows == 1
    assert after[0]["build_id"] > before[0]["build_id"]
    assert sorted(path.name for path in tmp_path.glob("*chargeback*")) == [
        "chargeback-2026-09.csv", "chargeback-2026-09.parquet",
    ]  # fmt: skip


def test_a_month_without_a_charge_of_sagemaker_is_an_empty_table(
    ledger: Ledger, tmp_path: Path
) -> None:
    write_cur(ledger.bill, "2026-09", [{"product": "AmazonEC2", "cost": "7"}])
    ledger.run()
    answer = call(ledger.config, "2026-09", tmp_path)
    assert answer.exit_code == 0
    assert "billed cost 0.00 USD" in answer.stdout
    assert read(tmp_path / "chargeback-2026-09.csv") == []


@pytest.mark.parametrize(
    "period", ["2026-9", "2026-13", "september", "2026-09-01", "", "２０２６-09"]
)
def test_what_is_no_month_is_wrong_usage(ledger: Ledger, tmp_path: Path, period: str) -> None:
    answer = call(tmp_path / "none.toml", period, tmp_path)
    assert answer.exit_code == 2
    assert "it looks like 2026-09" in answer.stderr


def test_errors_are_one_line(small: Ledger, tmp_path: Path) -> None:
    absent = call(small.config, "2026-08", tmp_path)
    assert absent.exit_code == 1
    assert absent.stderr == "spaceledger: 2026-08 is not in the ledger - it holds 2026-09\n"
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        answer = call(small.config, "2026-09", out)
        assert answer.exit_code == 1
        assert answer.stderr.startswith(f"spaceledger: {out}: the chargeback cannot be written (")
        assert answer.stderr.count("\n") == 1
    blocked = tmp_path / "blocked"
    (blocked / "chargeback-2026-09.csv").mkdir(parents=True)
    assert call(small.config, "2026-09", blocked).exit_code == 1
    assert [path.name for path in blocked.iterdir()] == ["chargeback-2026-09.csv"]


def test_there_is_nothing_to_charge_from_yet(ledger: Ledger, tmp_path: Path) -> None:
    answer = call(ledger.config, "2026-09", tmp_path)
    assert answer.exit_code == 1
    assert "there is no published ledger yet" in answer.stderr
    assert answer.stderr.count("\n") == 1
