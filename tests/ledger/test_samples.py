"""Every sample bill loads with the figures an independent decimal script finds in the raw files."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Ledger
from tests.independent.bill_figures import read_bill, summarise
from tests.independent.samples import samples_dir

BILLS = [
    "workshop-cur-2018-10",
    "nise/sagemaker-small-bucket",
    "nise/small-bucket",
    "focus-converters",
    "focus-sample",
    "focus-1.2-1.3-synthetic/focus_1_2_cost_and_usage_aws.csv",
    "focus-1.2-1.3-synthetic/focus_1_3_cost_and_usage_aws.csv",
    "keboola-cur/tests/mock_data/cur_1_0/s3_structure",
    "keboola-cur/tests/mock_data/cur_2_0/s3_structure",
    "fivetran-seed",
    "sbroenne-cur/sample-cur20.csv",
    "sbroenne-cur/sample-legacy-csv.csv",
]


@pytest.fixture
def samples() -> Path:
    folder = samples_dir()
    if not folder.is_dir():
        pytest.skip("the sample bills are not here; see shared/samples")
    return folder


@pytest.mark.parametrize("bill", BILLS)
def test_a_sample_bill_reconciles_with_the_independent_figures(
    ledger: Ledger, samples: Path, bill: str
) -> None:
    ledger.configure(f'home = "home"\n[[costs]]\nname = "sample"\nuri = "{samples / bill}"\n')
    ledger.run()
    expected: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for (_, _, currency), charge in summarise(read_bill([samples / bill])).charges.items():
        figures = (
            Decimal(charge.row_count), charge.billed, charge.effective,
            charge.in_scope_billed, charge.in_scope_effective,
        )  # fmt: skip
        sums = expected[currency or "XXX"]
        expected[currency or "XXX"] = [a + b for a, b in zip(sums, figures, strict=True)]
    found = ledger.query(
        "select billing_currency, sum(row_count), sum(bill_billed_cost), sum(bill_effective_cost),"
        " sum(ledger_billed_cost), sum(ledger_effective_cost) from marts.bill_reconciliation"
        " group by all"
    )
    assert {row[0]: [Decimal(cell) for cell in row[1:]] for row in found} == dict(expected)
    assert ledger.query(
        "select count(*) from marts.bill_reconciliation where difference <> 0"
        " or effective_difference <> 0"
    ) == [(0,)]
    spaces = ledger.query(
        "select billing_period, space_arn, usage_date::varchar, billing_currency, sum(effective_cost)"
        " from marts.space_spend_daily where attribution_method = 'space_tag' group by all"
    )
    by_space = summarise(read_bill([samples / bill])).space_days
    assert {row[:4]: row[4] for row in spaces} == {
        key: value.effective for key, value in by_space.items()
    }
