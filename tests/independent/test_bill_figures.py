"""The totals stated for the sample bills, and those found in the others."""

import ast
import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.independent.bill_figures import Summary, main, read_bill, summarise
from tests.independent.samples import sample

NISE = "nise/sagemaker-small-bucket"
KEBOOLA = "keboola-cur/tests/mock_data"
SYNTHETIC = "focus-1.2-1.3-synthetic/focus_1_{}_cost_and_usage_aws.csv"


def summary_of(name: str) -> Summary:
    return summarise(read_bill([sample(name)]))


# rows, unblended, billed, effective, rows in scope. The first three are stated by others (their
# README to fewer decimals for the workshop's); the rest were found by this program and looked at.
STATED = {
    "workshop-cur-2018-10": (119307, "4064.4831315379", "4064.4831315379", "4195.9571093179", 0),
    NISE: (122304, *["31886.8889667638"] * 3, 115752),
    "focus-converters": (1281, *["1.6823086974"] * 3, 0),
}
FOUND = {
    "nise/small-bucket": (19656, *["6228.3019355496"] * 3, 13104),
    f"{KEBOOLA}/cur_1_0/s3_structure": (3, *["0.045152"] * 3, 0),
    f"{KEBOOLA}/cur_2_0/s3_structure": (4, *["0.108304"] * 3, 0),
    "focus-sample": (1000, "0", "20.52022672899", "14.97651418586", 0),
    SYNTHETIC.format(2): (2000, "0", "40293.064555134912", "40293.064555134912", 0),
    SYNTHETIC.format(3): (2000, "0", "43488.235659305737", "43488.235659305737", 0),
}
NO_CURRENCY = {
    "fivetran-seed": (20, "0", "0", "0", 0),
    "sbroenne-cur/sample-cur20.csv": (4, *["0.0652"] * 3, 0),
    "sbroenne-cur/sample-legacy-csv.csv": (4, *["0.0652"] * 3, 0),
}


@pytest.mark.parametrize("name", [*STATED, *FOUND, *NO_CURRENCY])
def test_sample_totals(name: str):
    rows, unblended, billed, effective, in_scope = {**STATED, **FOUND, **NO_CURRENCY}[name]
    totals = summary_of(name).totals()
    assert list(totals) == ["" if name in NO_CURRENCY else "USD"]
    sums = next(iter(totals.values()))
    assert sums.row_count == rows
    assert sums.unblended == Decimal(unblended)
    assert sums.billed == Decimal(billed)
    assert sums.effective == Decimal(effective)
    assert sums.in_scope_rows == in_scope


def test_workshop_charge_types():
    charges = summary_of("workshop-cur-2018-10").charges
    effective = {kind: (sums.row_count, sums.effective) for (_, kind, _), sums in charges.items()}
    assert effective == {
        "Usage": (110953, Decimal("3914.7077525379")),
        "DiscountedUsage": (8345, Decimal("232.25379599")),
        "RIFee": (9, Decimal("48.99556079")),
    }


def test_nise_agrees_with_every_figure_of_its_expected_file():
    expected = {
        (
            f"{entry['period'][:4]}-{entry['period'][4:6]}",
            entry["space_arn"],
            entry["usage_type"],
        ): (
            entry["rows"],
            Decimal(entry["unblended"]),
            Decimal(entry["usage"]),
        )
        for entry in json.loads(sample("nise/sagemaker-small-EXPECTED.json").read_text("utf-8"))
    }
    summary = summary_of(NISE)
    found = {
        (period, space, usage_type): (sums.row_count, sums.unblended, sums.usage)
        for (period, space, usage_type, _), sums in summary.space_usage.items()
    }
    assert len(expected) == 162
    assert found == expected
    by_day = sum(sums.effective for sums in summary.space_days.values())
    assert by_day == sum(cost for (_, space, _), (_, cost, _) in expected.items() if space)


def test_the_table_ends_in_totals_per_currency(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    bill = tmp_path / "bill.csv"
    bill.write_text(
        "bill/BillingPeriodStartDate,lineItem/LineItemType,lineItem/CurrencyCode,lineItem/UnblendedCost\n"
        "2026-08-01T00:00:00Z,Usage,USD,1.5\n"
        "2026-08-01T00:00:00Z,Usage,CNY,3.0E-8\n",
        "utf-8",
    )
    main([str(bill)])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1] == ["2026-08", "Usage", "CNY", "1", *["0.000000030"] * 3, "0", "0", "0"]
    assert lines[-2] == ["total", "CNY", "1", *["0.000000030"] * 3, "0", "0", "0"]
    assert lines[-1] == ["total", "USD", "1", *["1.5"] * 3, "0", "0", "0"]


def test_nothing_here_imports_the_product_or_duckdb():
    for path in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(n.split(".")[0] in {"spaceledger", "duckdb"} for n in names), path
