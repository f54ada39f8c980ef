"""Every format and layout AWS delivers, from files to the ledger; expected sums are plain decimals."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from spaceledger import steps
from spaceledger.errors import ConfigError
from tests.bills import (
    DOMAIN,
    OTHER_SPACE,
    SPACE,
    csv_bytes,
    cur_rows,
    write_cur,
    write_delivery,
)
from tests.conftest import Ledger
from tests.exports import (
    ACCOUNT,
    CUR2_SCHEMA,
    LEGACY_SCHEMA,
    Line,
    csv_text,
    cur2_row,
    focus_row,
    focus_schema,
    gzipped,
    legacy_row,
    parquet,
    put,
    write_data_export,
    write_legacy,
    zipped,
)

EARLIER = "2026-10-02T13:14:43.337Z-6b622448-daaa-439c-92f1-afc727f1e0a3"
LATER = "2026-10-03T02:00:01.002Z-11111111-daaa-439c-92f1-afc727f1e0a3"
NORMALISED = {"column": "resource_tags", "key": "user_sagemaker_space_arn"}
VERBATIM = {"column": "tags", "key": "resourceTags/sagemaker:space-arn"}

LINES: list[Line] = [
    {"id": "a", "day": "2026-09-03", "cost": "0.0000000301", "space": SPACE},
    {"id": "b", "day": "2026-09-03", "cost": "4321.1234567891", "space": SPACE, "hours": "2.5"},
    {"id": "c", "day": "2026-09-30", "cost": "0.1", "space": OTHER_SPACE},
    {"id": "d", "day": "2026-09-30", "cost": "0.2"},
    {"id": "e", "day": "2026-09-30", "cost": "7.7", "product": "AmazonEC2"},
    {"id": "f", "day": "2026-09-30", "cost": "-1.5", "type": "Credit"},
]


@pytest.fixture(autouse=True)
def _no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are tested elsewhere; without them these runs take half the time."""
    monkeypatch.setattr(steps, "report", lambda work, **_: work.reports.mkdir(parents=True))


def cur2(lines: Iterable[Line] = LINES, tags: dict = NORMALISED, period: str = "2026-09") -> list:
    return [cur2_row(period, line, tags) for line in lines]


def without(schema, *names: str):
    for name in names:
        schema = schema.remove(schema.get_field_index(name))
    return schema


def total(lines: Iterable[Line]) -> Decimal:
    return sum((Decimal(line["cost"]) for line in lines), Decimal(0))


def by_space(lines: Iterable[Line]) -> dict[str | None, Decimal]:
    kept = [line for line in lines if line.get("product", "AmazonSageMaker") == "AmazonSageMaker"]
    return {
        space: total(line for line in kept if line.get("space") == space)
        for space in {line.get("space") for line in kept}
    }


def found_by_space(ledger: Ledger) -> dict[str | None, Decimal]:
    rows = ledger.query(
        "select space_arn, sum(effective_cost) from marts.space_spend_daily group by all"
    )
    return dict(rows)


def reconciled(ledger: Ledger) -> tuple:
    return ledger.query(
        "select sum(bill_billed_cost), sum(ledger_billed_cost), sum(outside_billed_cost),"
        " sum(abs(difference) + abs(effective_difference)), sum(row_count)"
        " from marts.bill_reconciliation"
    )[0]


def assert_holds(ledger: Ledger, lines: list[Line]) -> None:
    """The ledger shows exactly these lines and what they add up to."""
    kept = by_space(lines)
    inside = sum(kept.values(), Decimal(0))
    assert found_by_space(ledger) == kept
    assert reconciled(ledger) == (total(lines), inside, total(lines) - inside, 0, len(lines))


# --- one bill, every format -------------------------------------------------------------------


def cur2_parquet(root: Path) -> None:
    rows = cur2()
    files = {
        "space-costs-00001.snappy.parquet": parquet(CUR2_SCHEMA, rows[:2]),
        "space-costs-00002.snappy.parquet": parquet(CUR2_SCHEMA, rows[2:]),
    }
    write_data_export(root, "2026-09", files)


def cur2_parquet_tags(root: Path) -> None:
    schema = without(CUR2_SCHEMA, "resource_tags")
    files = {"space-costs-00001.snappy.parquet": parquet(schema, cur2(tags=VERBATIM))}
    write_data_export(root, "2026-09", files, with_uri=False)


def cur2_csv(root: Path) -> None:
    schema = without(CUR2_SCHEMA, "tags")
    files = {"space-costs-00001.csv.gz": gzipped(csv_text(schema, cur2()))}
    write_data_export(root, "2026-09", files)


def cur2_csv_tags(root: Path) -> None:
    files = {"space-costs-00001.csv.gz": gzipped(csv_text(CUR2_SCHEMA, cur2(tags=VERBATIM)))}
    write_data_export(root, "2026-09", files, execution=LATER)


def legacy(lines: Iterable[Line] = LINES, period: str = "2026-09") -> list:
    return [legacy_row(period, line) for line in lines]


def legacy_parquet(root: Path) -> None:
    files = {"report-00001.snappy.parquet": parquet(LEGACY_SCHEMA, legacy())}
    write_legacy(root, "2026-09", files)


def legacy_athena(root: Path) -> None:
    rows = legacy()
    files = {
        "report-00001.snappy.parquet": parquet(LEGACY_SCHEMA, rows[:4]),
        "report-00002.snappy.parquet": parquet(LEGACY_SCHEMA, rows[4:]),
    }
    folder = write_legacy(root, "2026-09", files, athena=True)
    put(folder.parent.parent / "cost_and_usage_data_status" / "status.parquet", b"READY")
    put(root / "report" / "20260901-20261001" / "report-create-table.sql", "create table x")
    put(root / "report" / "20260901-20261001" / "crawler-cfn.yml", "Resources: {}")


def legacy_zip(root: Path) -> None:
    body = csv_text(LEGACY_SCHEMA, legacy())
    write_legacy(root, "2026-09", {"report-00001.csv.zip": zipped("report-00001.csv", body)})


def focus(version: str, lines: Iterable[Line] = LINES) -> list:
    return [focus_row("2026-09", line, version) for line in lines]


def focus_1_0(root: Path) -> None:
    files = {"f-00001.snappy.parquet": parquet(focus_schema("1.0"), focus("1.0"))}
    write_data_export(root, "2026-09", files, name="f")


def focus_1_0_csv(root: Path) -> None:
    files = {"f-00001.csv.gz": gzipped(csv_text(focus_schema("1.0"), focus("1.0")))}
    write_data_export(root, "2026-09", files, name="f")


def focus_1_2(root: Path) -> None:
    files = {"f-00001.snappy.parquet": parquet(focus_schema("1.2"), focus("1.2"))}
    write_data_export(root, "2026-09", files, name="f", execution=LATER)


FORMATS: dict[str, Callable[[Path], None]] = {
    "CUR 2.0 Parquet, two chunks": cur2_parquet,
    "CUR 2.0 Parquet, tags column": cur2_parquet_tags,
    "CUR 2.0 CSV": cur2_csv,
    "CUR 2.0 CSV, tags column": cur2_csv_tags,
    "legacy Parquet": legacy_parquet,
    "legacy for Athena": legacy_athena,
    "legacy ZIP": legacy_zip,
    "FOCUS 1.0 Parquet": focus_1_0,
    "FOCUS 1.0 CSV": focus_1_0_csv,
    "FOCUS 1.2 Parquet": focus_1_2,
}


@pytest.mark.parametrize("case", FORMATS)
def test_one_bill_gives_one_ledger_in_every_format(ledger: Ledger, case: str) -> None:
    FORMATS[case](ledger.bill)
    outcome = ledger.run()
    assert outcome.exit_code == 0
    assert_holds(ledger, LINES)
    days = ledger.query(
        "select usage_date::varchar, space_arn, sum(billed_cost), sum(effective_cost)"
        " from marts.space_spend_daily group by all"
    )
    assert {row[:2]: row[2:] for row in days} == {
        (day, space): (cost, cost)
        for day in ("2026-09-03", "2026-09-30")
        for space, cost in by_space(line for line in LINES if line["day"] == day).items()
    }
    assert ledger.query(
        "select spend_category, instance_type, purchase_option, usage_hours, account_id"
        f" from marts.space_spend_daily where space_arn = '{SPACE}'"
    ) == [("Studio apps", "ml.t3.medium", "On-Demand", Decimal("3.5"), ACCOUNT)]
    assert ledger.query("select distinct period_status from marts.bill_reconciliation") == [
        ("unknown" if case.startswith("FOCUS 1.0") else "estimated",)
    ]


def test_a_savings_plan_costs_what_its_lines_say(ledger: Ledger) -> None:
    lines = [
        {"id": "1", "day": "2026-09-03", "cost": "10", "type": "SavingsPlanCoveredUsage",
         "covered": "6.4", "space": SPACE},
        {"id": "2", "day": "2026-09-03", "cost": "-10", "type": "SavingsPlanNegation"},
    ]  # fmt: skip
    files = {"space-costs-00001.snappy.parquet": parquet(CUR2_SCHEMA, cur2(lines))}
    write_data_export(ledger.bill, "2026-09", files)
    assert ledger.run().exit_code == 0
    assert ledger.query(
        "select space_arn, charge_type, billed_cost, effective_cost from marts.space_spend_daily"
        " order by charge_type"
    ) == [
        (SPACE, "SavingsPlanCoveredUsage", Decimal(0), Decimal("6.4")),
        (None, "SavingsPlanNegation", Decimal(0), Decimal(0)),
    ]


# --- which files count ------------------------------------------------------------------------


def execution_of(ledger: Ledger, execution: str, lines: list[Line]) -> None:
    files = {"space-costs-00001.snappy.parquet": parquet(CUR2_SCHEMA, cur2(lines))}
    write_data_export(ledger.bill, "2026-09", files, execution=execution)


def test_older_executions_are_ignored(ledger: Ledger) -> None:
    execution_of(ledger, EARLIER, LINES[:2])
    execution_of(ledger, LATER, LINES)
    assert ledger.run().exit_code == 0
    assert_holds(ledger, LINES)


def test_the_newest_execution_counts_where_a_copy_kept_only_immutable_manifests(
    ledger: Ledger,
) -> None:
    execution_of(ledger, LATER, LINES)
    execution_of(ledger, EARLIER, LINES[:2])
    (ledger.bill / "space-costs/metadata/BILLING_PERIOD=2026-09/space-costs-Manifest.json").unlink()
    ledger.run()
    assert_holds(ledger, LINES)


def test_executions_without_any_manifest_are_not_added_up(ledger: Ledger) -> None:
    execution_of(ledger, EARLIER, LINES[:2])
    execution_of(ledger, LATER, LINES)
    for manifest in ledger.bill.rglob("*-Manifest.json"):
        manifest.unlink()
    ledger.run()
    assert_holds(ledger, LINES)


def test_leftovers_that_the_manifest_does_not_name_are_ignored(ledger: Ledger) -> None:
    folder = write_data_export(
        ledger.bill,
        "2026-09",
        {
            "space-costs-00001.snappy.parquet": parquet(CUR2_SCHEMA, cur2()),
            "space-costs-00002.snappy.parquet": parquet(CUR2_SCHEMA, cur2()),
        },
        listed=["space-costs-00001.snappy.parquet"],
    )
    put(folder / "notes.csv", "a,b\n1,2\n")
    put(folder / "_SUCCESS", b"")
    put(folder / ".hidden.parquet", b"x")
    put(ledger.bill / "space-costs" / "cost_and_usage_data_status", "READY")
    assert ledger.run().exit_code == 0
    assert_holds(ledger, LINES)


def test_a_surplus_chunk_overwritten_with_nothing_is_fine(ledger: Ledger) -> None:
    surplus = {
        "2026-05": ("space-costs-00002.snappy.parquet", b""),
        "2026-06": ("space-costs-00002.snappy.parquet", parquet(CUR2_SCHEMA, [])),
        "2026-07": ("space-costs-00002.csv.gz", b""),
        "2026-08": ("space-costs-00002.csv.gz", gzipped(b"")),
        "2026-09": ("space-costs-00002.csv.gz", gzipped(csv_text(CUR2_SCHEMA, []))),
    }
    first = "space-costs-00001.snappy.parquet"
    for period, (name, body) in surplus.items():
        rows = parquet(CUR2_SCHEMA, cur2(period=period))
        write_data_export(
            ledger.bill, period, {first: rows, name: body}, listed=[first, name, first]
        )
    assert ledger.run().exit_code == 0
    assert_holds(ledger, LINES * len(surplus))
    assert ledger.query("select billing_period, row_count from marts.deliveries order by all") == [
        (period, len(LINES)) for period in surplus
    ]


def test_the_uri_may_name_the_export_itself(ledger: Ledger) -> None:
    execution_of(ledger, LATER, LINES)
    ledger.configure('home = "home"\n[[costs]]\nname = "acme"\nuri = "bill/space-costs"\n')
    ledger.run()
    assert_holds(ledger, LINES)


def test_two_exports_under_one_uri_are_an_error_naming_both(ledger: Ledger) -> None:
    cur2_parquet(ledger.bill)
    focus_1_0(ledger.bill)
    with pytest.raises(Exception, match=r"holds 2 exports: f \(f\), space-costs \(space-costs\)"):
        ledger.run()


def test_a_period_that_shrinks_to_another_format_is_replaced(ledger: Ledger) -> None:
    rows = parquet(CUR2_SCHEMA, cur2())
    write_data_export(ledger.bill, "2026-09", {"space-costs-00001.snappy.parquet": rows})
    ledger.run()
    body = gzipped(csv_text(CUR2_SCHEMA, cur2(LINES[:3])))
    write_data_export(ledger.bill, "2026-09", {"space-costs-00001.csv.gz": body})
    assert ledger.run().exit_code == 0
    assert_holds(ledger, LINES[:3])


def test_a_manifest_that_names_no_files_does_not_empty_its_period(ledger: Ledger) -> None:
    cur2_parquet(ledger.bill)
    ledger.run()
    path = ledger.bill / "space-costs/metadata/BILLING_PERIOD=2026-09/space-costs-Manifest.json"
    path.write_text(json.dumps({"executionId": "newer", "dataFiles": []}))
    outcome = ledger.run()
    assert_holds(ledger, LINES)
    assert outcome.exit_code == 3


def test_a_stray_quote_loses_no_rows_in_silence(ledger: Ledger) -> None:
    header, rows = cur_rows("2026-09", [{"space": SPACE, "cost": "5"}] * 3)
    first, *others = gzip.decompress(csv_bytes(header, rows)).splitlines()
    others[0] += b'"open'  # the last field of the first row
    body = gzipped(b"\n".join([first, *others]))
    write_delivery(ledger.bill, "2026-08", csv_bytes(header, []), assembly="a")
    write_delivery(ledger.bill, "2026-09", body, assembly="a")
    assert ledger.run().exit_code == 3


# --- scope and configuration ------------------------------------------------------------------


def test_keep_all_stores_every_line_and_counts_the_same(ledger: Ledger) -> None:
    cur2_parquet(ledger.bill)
    ledger.run()
    ledger.configure(ledger.config.read_text() + 'keep = "all"\n')
    assert ledger.run().exit_code == 0
    assert_holds(ledger, LINES)
    assert ledger.query(
        "select is_in_scope, count(*) from raw.cur__line_items group by all order by all"
    ) == [(False, 1), (True, 5)]
    ledger.configure()
    assert ledger.run().exit_code == 0
    assert_holds(ledger, LINES)
    assert ledger.query("select count(*) from raw.cur__line_items") == [(5,)]


def test_a_source_that_is_configured_no_longer_takes_its_spend_along(ledger: Ledger) -> None:
    cur2_parquet(ledger.bill)
    other = [{"space": SPACE, "cost": "5", "payer": "999999999999"}]
    write_cur(ledger.root / "second", "2026-09", other)
    write_cur(ledger.root / "second", "2026-08", other)
    one = ledger.config.read_text()
    ledger.configure(one + '[[costs]]\nname = "second"\nuri = "second"\n')
    ledger.run()
    periods = "select distinct billing_period from marts.space_spend_monthly order by all"
    assert found_by_space(ledger)[SPACE] == by_space(LINES)[SPACE] + 10
    assert ledger.query(periods) == [("2026-08",), ("2026-09",)]
    ledger.configure(one)
    assert ledger.run().published
    assert_holds(ledger, LINES)
    assert ledger.query(periods) == [("2026-09",)]
    assert ledger.query("select distinct source from marts.deliveries") == [("acme",)]


def test_a_second_format_of_the_bill_is_compared_and_not_added(ledger: Ledger) -> None:
    cur2_parquet(ledger.bill)
    focus_1_2(ledger.root / "focus")
    ledger.configure(
        ledger.config.read_text() + '[[costs]]\nname = "focus"\nuri = "focus"\nrole = "compare"\n'
    )
    assert ledger.run().exit_code == 0
    assert found_by_space(ledger) == by_space(LINES)
    assert ledger.query(
        "select source, sum(bill_billed_cost), sum(abs(difference)) from marts.bill_reconciliation"
        " group by all order by all"
    ) == [("acme", total(LINES), 0), ("focus", total(LINES), 0)]


def test_columns_and_tags_come_and_go_between_months(ledger: Ledger) -> None:
    before = [{**line, "day": line["day"].replace("-09-", "-08-")} for line in LINES]
    schema = without(
        CUR2_SCHEMA, "resource_tags", "tags", "product", "pricing_unit",
        "savings_plan_savings_plan_effective_cost",
    )  # fmt: skip
    rows = cur2(before, period="2026-08")
    untagged = [{name: row[name] for name in schema.names} for row in rows]
    write_data_export(
        ledger.bill, "2026-08", {"space-costs-00001.snappy.parquet": parquet(schema, untagged)}
    )
    cur2_parquet(ledger.bill)
    assert ledger.run().exit_code == 0
    monthly = ledger.query(
        "select billing_period, space_arn, effective_cost from marts.space_spend_monthly"
    )
    kept = total(line for line in LINES if line.get("product") is None)
    assert {row[:2]: row[2] for row in monthly} == {
        ("2026-08", None): kept,
        **{("2026-09", space): cost for space, cost in by_space(LINES).items()},
    }


def test_a_tag_key_that_differs_from_file_to_file_is_one_tag(ledger: Ledger) -> None:
    files = {
        "space-costs-00001.snappy.parquet": parquet(CUR2_SCHEMA, cur2(LINES[:3])),
        "space-costs-00002.csv.gz": gzipped(csv_text(CUR2_SCHEMA, cur2(LINES[3:], VERBATIM))),
    }
    write_data_export(ledger.bill, "2026-09", files)
    assert ledger.run().exit_code == 0
    assert_holds(ledger, LINES)


def test_a_space_only_its_app_names_keeps_that_spelling(ledger: Ledger) -> None:
    app = "arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/Fraud-Models/JupyterLab/default"
    write_cur(ledger.bill, "2026-09", [{"resource": app}])
    ledger.run()
    assert ledger.query("select space_name from marts.spaces") == [("Fraud-Models",)]


# --- the owners file --------------------------------------------------------------------------


def own(ledger: Ledger, text: str) -> None:
    (ledger.root / "owners.csv").write_text(text, encoding="utf-8")
    ledger.configure(
        'owners = "owners.csv"\nhome = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
    )


def test_owners_are_shown_with_their_spaces_and_news_of_them_is_news(ledger: Ledger) -> None:
    cur2_parquet(ledger.bill)
    own(ledger, f"\ufeffspace_arn,team,cost_centre\n{SPACE.upper()},Fraud,007\n")
    ledger.run()
    query = f"select team, cost_centre from marts.spaces where space_arn = '{SPACE}'"
    assert ledger.query(query) == [("Fraud", "007")]
    own(ledger, f"space_arn,team\n{SPACE},Risk\n")
    assert ledger.run().published
    assert ledger.query(query) == [("Risk", None)]
    assert_holds(ledger, LINES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("space_arn,colour\n", "unknown column colour"),
        ("space_arn,team\nfraud,x\n", r"line 2: space_arn is malformed: fraud"),
        (f"space_arn\n{SPACE}\n{DOMAIN}\n", r"line 3: space_arn is malformed"),
        (f"domain_arn\n{SPACE}\n", r"line 2: domain_arn is malformed"),
        ("team\nx\n", r"line 2: needs a space_arn or a domain_arn"),
        (f"space_arn\n{SPACE}\n{SPACE.upper()}\n", r"line 3: names the same ARN twice"),
    ],
)
def test_a_wrong_owners_file_is_an_error_naming_its_line(
    ledger: Ledger, text: str, message: str
) -> None:
    cur2_parquet(ledger.bill)
    own(ledger, text)
    with pytest.raises(ConfigError, match=message) as caught:
        ledger.run()
    assert "\n" not in str(caught.value)
    assert not (ledger.home / "current").exists()


@pytest.mark.parametrize("body", [None, b"space_arn\n\xff\n"])
def test_an_owners_file_that_cannot_be_read_is_an_error(ledger: Ledger, body: bytes | None) -> None:
    cur2_parquet(ledger.bill)
    own(ledger, "")
    path = ledger.root / "owners.csv"
    path.unlink()
    if body:
        path.write_bytes(body)
    with pytest.raises(ConfigError, match="the owners file cannot be read"):
        ledger.run()


def test_identifiers_of_strangers_in_a_manifest_are_only_text(ledger: Ledger) -> None:
    cur2_parquet(ledger.bill)
    path = ledger.bill / "space-costs/metadata/BILLING_PERIOD=2026-09/space-costs-Manifest.json"
    raw = json.loads(path.read_text())
    nasty = "'; drop schema marts cascade; -- \u202e 🚀 \n../../x"
    path.write_text(json.dumps(raw | {"executionId": nasty}))
    assert ledger.run().exit_code == 0
    assert ledger.query("select distinct delivery_id from marts.deliveries") == [(nasty,)]
    assert_holds(ledger, LINES)
