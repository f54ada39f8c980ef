"""Bad input: a clear one-line error or a problem row, and the published build untouched."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spaceledger.errors import ConfigError, SourceError, SpaceledgerError
from tests.bills import SPACE, csv_bytes, cur_rows, write_cur, write_delivery
from tests.conftest import Ledger

GOOD = [{"space": SPACE, "cost": "5"}]


def second_delivery(ledger: Ledger, body: bytes) -> None:
    write_delivery(ledger.bill, "2026-09", body, assembly="assembly-2")


def manifest(ledger: Ledger) -> Path:
    return ledger.bill / "report" / "20260901-20261001" / "report-Manifest.json"


def truncated(ledger: Ledger) -> None:
    header, rows = cur_rows("2026-09", [{"description": str(i)} for i in range(5000)])
    body = csv_bytes(header, rows)
    second_delivery(ledger, body[: len(body) // 2])


def not_gzip(ledger: Ledger) -> None:
    second_delivery(ledger, b"this is not gzip")


def not_parquet(ledger: Ledger) -> None:
    data = write_delivery(ledger.bill, "2026-09", b"", assembly="assembly-2")
    parquet = data.with_name("report-00001.snappy.parquet")
    parquet.write_bytes(b"PAR1 this is not parquet PAR1")
    edit_manifest(ledger, data.name, parquet.name)


def edit_manifest(ledger: Ledger, old: str, new: str) -> None:
    path = manifest(ledger)
    path.write_text(path.read_text().replace(old, new))


def not_json(ledger: Ledger) -> None:
    manifest(ledger).write_text("{not json")


def missing_file(ledger: Ledger) -> None:
    header, rows = cur_rows("2026-09", GOOD)
    write_delivery(ledger.bill, "2026-09", csv_bytes(header, rows), assembly="assembly-2").unlink()


def outside(ledger: Ledger) -> None:
    raw = json.loads(manifest(ledger).read_text())
    raw["assemblyId"] = "assembly-2"
    raw["reportKeys"] = ["prefix/report/20260901-20261001/../../../../etc/passwd.csv"]
    manifest(ledger).write_text(json.dumps(raw))


def no_cost_column(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", GOOD, assembly="assembly-2", drop=["lineItem/UnblendedCost"])


def two_cost_columns(ledger: Ledger) -> None:
    line = {"space": SPACE, "line_item_unblended_cost": "7"}
    write_cur(ledger.bill, "2026-09", [line], assembly="assembly-2")


def with_cost(cost: str) -> Callable[[Ledger], None]:
    def make(ledger: Ledger) -> None:
        write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": cost}], assembly="assembly-2")

    return make


def short_row(ledger: Ledger) -> None:
    header, rows = cur_rows("2026-09", [*GOOD, *GOOD])
    second_delivery(ledger, csv_bytes(header, [rows[0], rows[1][:4]]))


def bad_date(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"day": "yesterday T"}], assembly="assembly-2")


def not_utf8(ledger: Ledger) -> None:
    header, rows = cur_rows("2026-09", [{"description": "MARK"}])
    text = gzip.decompress(csv_bytes(header, rows)).replace(b"MARK", b"\xff\xfe")
    second_delivery(ledger, gzip.compress(text))


def no_rows(ledger: Ledger) -> None:
    header, _ = cur_rows("2026-09", GOOD)
    second_delivery(ledger, csv_bytes(header, []))


def no_bytes(ledger: Ledger) -> None:
    second_delivery(ledger, b"")


def with_start(start: str) -> Callable[[Ledger], None]:
    def make(ledger: Ledger) -> None:
        line = {"space": SPACE, "lineItem/UsageStartDate": start}
        write_cur(ledger.bill, "2026-09", [line], assembly="assembly-2")

    return make


def second_parquet(ledger: Ledger, table: pa.Table) -> Path:
    data = write_delivery(ledger.bill, "2026-09", b"", assembly="assembly-2")
    parquet = data.with_name("report-00001.snappy.parquet")
    pq.write_table(table, parquet)
    edit_manifest(ledger, data.name, parquet.name)
    return parquet


def parquet_bill(lines: list[dict[str, str]]) -> pa.Table:
    header, rows = cur_rows("2026-09", lines)
    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(header)})


def damaged_pages(ledger: Ledger) -> None:
    path = second_parquet(ledger, parquet_bill([{"space": SPACE}] * 50))
    body = bytearray(path.read_bytes())
    body[len(body) // 8 : len(body) // 8 + 60] = b"\xff" * 60
    path.write_bytes(body)


def encrypted_zip(ledger: Ledger) -> None:
    data = write_delivery(ledger.bill, "2026-09", b"", assembly="assembly-2")
    path = data.with_name("report-00001.csv.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.csv", "x")
    body = path.read_bytes()
    # bit 0 of the flags, in the file's own header and in the directory
    body = body.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01")
    path.write_bytes(
        body.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    )
    edit_manifest(ledger, data.name, path.name)


HELD_BACK = {
    "truncated gzip": (truncated, "broken_file"),
    "not gzip": (not_gzip, "unreadable_file"),
    "not Parquet": (not_parquet, "not_parquet"),
    "manifest not JSON": (not_json, "bad_manifest"),
    "missing file": (missing_file, "missing_file"),
    "outside its folder": (outside, "outside_folder"),
    "required column gone": (no_cost_column, "missing_column"),
    "two columns of one cost": (two_cost_columns, "repeated_column"),
    "not a number": (with_cost("a lot"), "bad_value"),
    "underscored number": (with_cost("1_000"), "bad_value"),
    "not finite": (with_cost("NaN"), "bad_value"),
    "too few fields": (short_row, "bad_row"),
    "bad date": (bad_date, "bad_value"),
    "not UTF-8": (not_utf8, "bad_text"),
    "a header and no rows": (no_rows, "no_rows"),
    "no bytes at all": (no_bytes, "no_rows"),
    "usage that never began": (with_start("infinity"), "bad_value"),
    "usage in a far future": (with_start("99999-12-31T00:00:00Z"), "bad_value"),
    "damaged Parquet pages": (damaged_pages, "broken_file"),
    "encrypted ZIP": (encrypted_zip, "broken_file"),
}


@pytest.mark.parametrize("case", HELD_BACK)
def test_a_bad_delivery_is_held_back_and_its_period_stands(ledger: Ledger, case: str) -> None:
    break_it, problem = HELD_BACK[case]
    write_cur(ledger.bill, "2026-08", GOOD)
    write_cur(ledger.bill, "2026-09", GOOD)
    ledger.run()
    break_it(ledger)
    outcome = ledger.run()
    assert outcome.exit_code == 3
    rows = ledger.query("select problem, severity, detail, location from marts.ingest_problems")
    assert [row[:2] for row in rows] == [(problem, "error")]
    assert "\n" not in rows[0][2]
    assert ledger.query(
        "select billing_period, effective_cost from marts.space_spend_monthly order by all"
    ) == [("2026-08", Decimal(5)), ("2026-09", Decimal(5))]
    again = ledger.run()
    assert not again.published
    assert again.exit_code == 3


@pytest.mark.parametrize(
    "case", ["truncated gzip", "required column gone", "bad date", "damaged Parquet pages"]
)
def test_the_next_good_delivery_mends_a_period_that_was_held_back(
    ledger: Ledger, case: str
) -> None:
    write_cur(ledger.bill, "2026-08", GOOD)
    write_cur(ledger.bill, "2026-09", GOOD)
    HELD_BACK[case][0](ledger)
    assert ledger.run().exit_code == 3
    header, rows = cur_rows("2026-09", [{"space": SPACE, "cost": "6"}])
    write_delivery(ledger.bill, "2026-09", csv_bytes(header, rows), assembly="assembly-3")
    mended = ledger.run()
    assert mended.exit_code == 0
    assert ledger.query("select count(*) from marts.ingest_problems") == [(0,)]
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal(11),)
    ]


@pytest.mark.parametrize("cost", ["a lot", "1_000", "NaN"])
def test_a_bad_value_is_named_with_file_column_and_row(ledger: Ledger, cost: str) -> None:
    write_cur(ledger.bill, "2026-08", GOOD)
    # an amount that nothing reads, because its line is out of scope, is not the one to name
    unread = {"product": "AmazonS3", "lineItem/UsageAmount": "much"}
    write_cur(ledger.bill, "2026-09", [unread, *GOOD, {"space": SPACE, "cost": cost}])
    ledger.run()
    ((location, detail),) = ledger.query("select location, detail from marts.ingest_problems")
    assert location.endswith("report-00001.csv.gz")
    assert detail.startswith("column lineItem/UnblendedCost in row 3 cannot be read: ")


def test_a_bad_value_of_parquet_is_named_with_file_column_and_row(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-08", GOOD)
    bill = parquet_bill([{"space": SPACE}] * 3)
    at = bill.column_names.index("lineItem/UnblendedCost")
    costs = pa.array([1.0, 2.0, float("nan")])
    path = second_parquet(ledger, bill.set_column(at, bill.column_names[at], costs))
    ledger.run()
    ((location, detail),) = ledger.query("select location, detail from marts.ingest_problems")
    assert location.endswith(path.name)
    assert detail.startswith("column lineItem/UnblendedCost in row 3 cannot be read: ")


def test_a_bad_date_of_a_plain_file_is_named_with_column_and_row(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-08", GOOD)
    header, rows = cur_rows("2026-09", [*GOOD, {"space": SPACE, "day": "yesterday T"}])
    at = header.index("bill/BillingPeriodStartDate")
    rows = [[*row[:at], "", *row[at + 1 :]] for row in rows]
    plain = ledger.root / "plain"
    plain.mkdir()
    (plain / "bill.csv.gz").write_bytes(csv_bytes(header, rows))
    ledger.configure(ledger.config.read_text() + '[[costs]]\nname = "plain"\nuri = "plain"\n')
    ledger.run()
    query = "select location, detail from marts.ingest_problems where severity = 'error'"
    ((location, detail),) = ledger.query(query)
    assert location.endswith("bill.csv.gz")
    assert detail.startswith("column lineItem/UsageStartDate in row 2 cannot be read: ")


def test_a_blank_line_before_the_header_hides_no_rows(ledger: Ledger) -> None:
    header, rows = cur_rows("2026-09", GOOD)
    text = gzip.decompress(csv_bytes(header, rows))
    write_delivery(ledger.bill, "2026-09", gzip.compress(b"\n" + text), assembly="assembly-1")
    assert ledger.run().exit_code == 0
    assert ledger.query("select effective_cost from marts.space_spend_monthly") == [(Decimal(5),)]


def test_a_period_may_begin_empty(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-08", GOOD)
    write_cur(ledger.bill, "2026-09", [])
    assert ledger.run().exit_code == 0
    assert ledger.query("select count(*) from marts.ingest_problems") == [(0,)]


@pytest.mark.parametrize("name", ["spaceledger_gross_amount", "SPACELEDGER_NET_AMOUNT", "chunk"])
def test_a_strangers_column_name_meets_no_name_of_ours(ledger: Ledger, name: str) -> None:
    write_cur(ledger.bill, "2026-09", GOOD)
    bill = parquet_bill([{"space": SPACE, "cost": "7"}])
    second_parquet(ledger, bill.append_column(name, pa.array([300.0])))
    assert ledger.run().exit_code == 0
    assert ledger.query("select effective_cost from marts.space_spend_monthly") == [(Decimal(7),)]


def test_more_than_twelve_decimals_are_rounded_and_counted(ledger: Ledger) -> None:
    lines = [{"space": SPACE, "cost": "0.1234567890125"}, {"space": SPACE, "cost": "3.0E-8"}]
    write_cur(ledger.bill, "2026-09", lines)
    assert ledger.run().exit_code == 0
    assert ledger.query("select problem, severity, detail from marts.ingest_problems") == [
        ("rounded", "warning", "1 rows have amounts with more than 12 decimals; rounded")
    ]
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal("0.123456819013"),)
    ]


@pytest.mark.parametrize("cost", ["1.5E-13", "-1.5e-13", "2E-25", "1.2345678E-8"])
def test_excess_decimals_of_a_short_exponent_are_counted(ledger: Ledger, cost: str) -> None:
    lines = [{"space": SPACE, "cost": cost}, {"cost": "-3.0E-8"}, {"cost": "-1"}, {"cost": "0"}]
    write_cur(ledger.bill, "2026-09", lines)
    assert ledger.run().exit_code == 0
    assert ledger.query("select problem, detail from marts.ingest_problems") == [
        ("rounded", "1 rows have amounts with more than 12 decimals; rounded")
    ]


def test_excess_decimals_of_a_parquet_decimal_are_counted(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", GOOD)
    bill = parquet_bill([{"space": SPACE, "cost": cost} for cost in ("1", "2", "")])
    at = bill.column_names.index("lineItem/UnblendedCost")
    costs = [Decimal("0.0000000000004"), Decimal("2.5"), None]
    fine = pa.array(costs, pa.decimal128(30, 13))
    second_parquet(ledger, bill.set_column(at, bill.column_names[at], fine))
    assert ledger.run().exit_code == 0
    assert ledger.query("select problem, detail from marts.ingest_problems") == [
        ("rounded", "1 rows have amounts with more than 12 decimals; rounded")
    ]


@pytest.mark.parametrize("column", ["cost", "currency"])
def test_a_column_that_is_empty_in_every_row_is_noticed(ledger: Ledger, column: str) -> None:
    problem, severity = {
        "cost": ("no_cost", "warning"),
        "currency": ("no_currency_code", "notice"),
    }[column]
    write_cur(ledger.bill, "2026-08", [{"space": SPACE, column: ""}, {"space": SPACE}])
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, column: ""}, {column: ""}])
    assert ledger.run().exit_code == 0
    query = "select billing_period, problem, severity from marts.ingest_problems"
    assert ledger.query(query) == [("2026-09", problem, severity)]


@pytest.mark.parametrize("column", ["BilledCost", "EffectiveCost"])
def test_a_cost_of_focus_that_is_empty_in_every_row_is_noticed(ledger: Ledger, column: str) -> None:
    line = {
        "ChargeCategory": "Usage", "ChargePeriodStart": "2026-09-01T00:00:00Z", "BilledCost": "1",
        "EffectiveCost": "1", "BillingCurrency": "USD", "x_ServiceCode": "AmazonSageMaker",
    } | {column: ""}  # fmt: skip
    ledger.bill.mkdir()
    (ledger.bill / "focus.csv.gz").write_bytes(csv_bytes(list(line), [list(line.values())] * 2))
    assert ledger.run().exit_code == 0
    query = "select problem from marts.ingest_problems where severity = 'warning'"
    assert ledger.query(query) == [("no_cost",)]


def test_the_same_bill_configured_twice_names_both(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", GOOD)
    twice = 'home = "home"\n' + "".join(
        f'[[costs]]\nname = "{name}"\nuri = "bill"\n' for name in ("one", "two")
    )
    ledger.configure(twice)
    with pytest.raises(ConfigError, match="one and two both deliver the bill of payer account"):
        ledger.run()
    assert not (ledger.home / "current").exists()
    ledger.configure(twice + 'role = "compare"\n')
    assert ledger.run().exit_code == 0
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal(5),)
    ]


def test_an_empty_folder_is_an_error_when_nothing_was_ever_published(ledger: Ledger) -> None:
    ledger.bill.mkdir()
    with pytest.raises(SpaceledgerError, match="holds no manifest and no CSV or Parquet file"):
        ledger.run()


def test_a_folder_that_does_not_exist_is_an_error(ledger: Ledger) -> None:
    with pytest.raises(SourceError, match="this folder does not exist"):
        ledger.run()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_an_unreadable_folder_is_an_error(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", GOOD)
    (ledger.bill / "report").chmod(0)
    try:
        with pytest.raises(SourceError, match="cannot be read"):
            ledger.run()
    finally:
        (ledger.bill / "report").chmod(0o755)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('hom = "x"', "line 1: hom is not a key"),
        ("[[costs]]\nname = 'a'\nuri = 'b'\nrolle = 'x'", "line 4: costs.1.rolle is not a key"),
        (
            "[[budgets]]\nname = 'b'\nspace = 'arn:x'\namount = 1",
            "line 3: budgets.1.space is not a space ARN",
        ),
        ("[[budgets]]\nname = 'b'\nspace = '*'\namount = -1", "line 4: budgets.1.amount"),
        ("home = ", "is not valid TOML"),
    ],
)
def test_a_configuration_error_names_key_and_line(ledger: Ledger, text: str, message: str) -> None:
    ledger.configure(text)
    with pytest.raises(ConfigError, match=message):
        _ = ledger.settings
