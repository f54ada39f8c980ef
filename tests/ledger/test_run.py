"""Runs end to end: from delivered files to a published build."""

from __future__ import annotations

from decimal import Decimal

import pytest

from spaceledger.warehouse import intake, scan
from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger


def methods(ledger: Ledger) -> dict[str, tuple]:
    rows = ledger.query(
        "select line_item_id, attribution_method, space_arn, attribution_evidence from core.charge"
    )
    return {row[0]: row[1:] for row in rows}


def test_a_first_run_publishes_a_reconciled_ledger(ledger: Ledger) -> None:
    lines = [
        {"space": SPACE, "cost": "0.1", "day": "2026-09-03"},
        {"space": SPACE, "cost": "0.2", "day": "2026-09-03"},
        {"product": "AmazonEC2", "cost": "7"},
    ]
    write_cur(ledger.bill, "2026-09", lines)
    outcome = ledger.run()
    assert outcome.published
    assert outcome.exit_code == 0
    assert ledger.query(
        "select space_arn, space_name, usage_date::varchar, effective_cost"
        " from marts.space_spend_daily"
    ) == [(SPACE, "fraud", "2026-09-03", Decimal("0.300000000000"))]
    assert ledger.query(
        "select bill_billed_cost, ledger_billed_cost, outside_billed_cost, difference, row_count"
        " from marts.bill_reconciliation"
    ) == [(Decimal("7.3"), Decimal("0.3"), Decimal("7"), Decimal("0"), 3)]


def test_a_bill_of_many_chunks_is_whole_or_not_there(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(scan, "_CHUNK_ROWS", 30)
    monkeypatch.setattr(intake, "_ROW_GROUP", 20)
    products = ["AmazonSageMaker", "AmazonEC2", "AmazonS3"]
    lines = [{"product": products[i % 3], "cost": str(i), "id": str(i)} for i in range(500)]
    write_cur(ledger.bill, "2026-09", lines)
    ledger.run()
    kept = "select count(distinct line_item_id), sum(effective_cost) from core.charge"
    billed = "select row_count, bill_billed_cost from marts.bill_reconciliation"
    whole = [(167, Decimal(sum(range(0, 500, 3))))], [(500, Decimal(sum(range(500))))]
    assert (ledger.query(kept), ledger.query(billed)) == whole
    write_cur(ledger.bill, "2026-09", [*lines, {"cost": "a lot"}], assembly="assembly-2")
    assert ledger.run().exit_code == 3
    assert (ledger.query(kept), ledger.query(billed)) == whole


def test_nothing_new_does_nothing(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    first = ledger.run()
    second = ledger.run()
    assert not second.published
    assert second.build_id == first.build_id
    assert len(list((ledger.home / "builds").iterdir())) == 1


def test_a_new_delivery_replaces_its_period_and_is_a_restatement(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    ledger.run()
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "8"}], assembly="assembly-2")
    outcome = ledger.run()
    assert outcome.built is not None
    assert outcome.built.periods == {"2026-09": "delivery"}
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal("8"),)
    ]
    assert ledger.query(
        "select billing_period, space_arn, cause, effective_cost_before, effective_cost_after"
        " from marts.restatements"
    ) == [("2026-09", SPACE, "delivery", Decimal("5"), Decimal("8"))]
    assert ledger.query(
        "select delivery_id, is_current, billed_cost from marts.deliveries order by all"
    ) == [("assembly-1", False, Decimal("5")), ("assembly-2", True, Decimal("8"))]


def test_the_first_rule_that_fits_attributes_a_charge(ledger: Ledger) -> None:
    app = "arn:aws:sagemaker:us-east-1:012345678901:app/d-abc"
    job = "arn:aws:sagemaker:us-east-1:012345678901:training-job/nightly"
    profile = "arn:aws:sagemaker:us-east-1:012345678901:user-profile/d-abc/kim"
    lines = [
        {"id": "tag", "space": SPACE.replace("fraud", "Fraud"), "resource": job, "domain": DOMAIN},
        {"id": "lab", "resource": f"{app}/new-space/JupyterLab/default"},
        {"id": "kernel of a space", "resource": f"{app}/fraud/KernelGateway/x"},
        {"id": "kernel of a person", "resource": f"{app}/kim/KernelGateway/x"},
        {"id": "kernel of nobody", "resource": f"{app}/who/KernelGateway/x", "domain": DOMAIN},
        {"id": "history", "resource": job, "day": "2026-09-09"},
        {"id": "profile", "profile": profile},
        {"id": "domain", "domain": DOMAIN},
        {"id": "rstudio", "resource": f"{app}/domain-shared/RStudioServerPro/default"},
        {"id": "malformed", "space": "not-an-arn"},
        {"id": "nothing"},
    ]
    write_cur(ledger.bill, "2026-09", lines)
    ledger.run()
    found = methods(ledger)
    assert {key: value[:2] for key, value in found.items()} == {
        "tag": ("space_tag", SPACE),
        "lab": ("space_resource", SPACE.replace("fraud", "new-space")),
        "kernel of a space": ("space_resource", SPACE),
        "kernel of a person": ("user_profile", None),
        "kernel of nobody": ("domain", None),
        "history": ("space_history", SPACE),
        "profile": ("user_profile", None),
        "domain": ("domain", None),
        "rstudio": ("domain", None),
        "malformed": ("unattributed", None),
        "nothing": ("unattributed", None),
    }
    assert found["history"][2] == "space tag on the same resource at 2026-09-01 00:00:00"
    assert ledger.query("select space_name from marts.spaces order by space_name desc limit 1") == [
        ("new-space",)
    ]
    assert ledger.query(f"select space_name from marts.spaces where space_arn = '{SPACE}'") == [
        ("Fraud",)
    ]


def test_history_of_two_spaces_does_not_apply(ledger: Ledger) -> None:
    job = "arn:aws:sagemaker:us-east-1:012345678901:training-job/nightly"
    lines = [
        {"id": "one", "space": SPACE, "resource": job},
        {"id": "two", "space": OTHER_SPACE, "resource": job, "day": "2026-09-03"},
        {"id": "none", "resource": job, "day": "2026-09-02"},
    ]
    write_cur(ledger.bill, "2026-09", lines)
    ledger.run()
    assert methods(ledger)["none"][0] == "unattributed"


def test_currencies_are_kept_apart(ledger: Ledger) -> None:
    lines = [{"space": SPACE, "cost": "1"}, {"space": SPACE, "cost": "2", "currency": "EUR"}]
    write_cur(ledger.bill, "2026-09", lines)
    ledger.run()
    assert ledger.query(
        "select billing_currency, effective_cost from marts.space_spend_monthly order by all"
    ) == [("EUR", Decimal("2")), ("USD", Decimal("1"))]


def test_hostile_names_pass_as_text(ledger: Ledger) -> None:
    nasty = "'; drop schema marts cascade; --<script>alert(1)</script>\n=cmd|' /C calc'!A0"
    lines = [{"space": nasty, "description": nasty, "resource": nasty, "id": nasty}]
    write_cur(ledger.bill, "2026-09", lines)
    ledger.run()
    assert ledger.query(
        "select resource_id, attribution_method from marts.resource_spend_monthly"
    ) == [(nasty, "unattributed")]
    page = (ledger.home / "reports" / "html" / "index.html").read_text()
    assert "<script>alert(1)" not in page
