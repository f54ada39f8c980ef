"""Each cost formula on small lines; every expected figure was worked out by hand."""

from decimal import Decimal

import pytest

from tests.independent.bill_figures import (
    amortized_cost,
    billed_cost,
    effective_cost,
    list_cost,
    unblended_cost,
)
from tests.independent.readers import Line

SP_COST = "savings_plan_savings_plan_effective_cost"
SP_NET_COST = "savings_plan_net_savings_plan_effective_cost"
TOTAL = "savings_plan_total_commitment_to_date"
USED = "savings_plan_used_commitment"
UPFRONT = "savings_plan_amortized_upfront_commitment_for_billing_period"
NET_UPFRONT = "savings_plan_net_amortized_upfront_commitment_for_billing_period"
RECURRING = "savings_plan_recurring_commitment_for_billing_period"
RI_COST = "reservation_effective_cost"
RI_NET_COST = "reservation_net_effective_cost"
UNUSED_UPFRONT = "reservation_unused_amortized_upfront_fee_for_billing_period"
UNUSED_RECURRING = "reservation_unused_recurring_fee"
NET_UNUSED_UPFRONT = "reservation_net_unused_amortized_upfront_fee_for_billing_period"
NET_UNUSED_RECURRING = "reservation_net_unused_recurring_fee"
RI_ARN = "reservation_reservation_a_r_n"
PRODUCT = "line_item_product_code"
DESCRIPTION = "line_item_line_item_description"
OPERATION = "line_item_operation"
SP_REFUND = "Refund for one-time fee for Savings Plan ID: 1a2b"


def cur(kind: str, unblended: str, net: str | None = None, **columns: str) -> Line:
    line = {"line_item_line_item_type": kind, "line_item_unblended_cost": unblended}
    return line | ({} if net is None else {"line_item_net_unblended_cost": net}) | columns


def sp(kind: str, unblended: str, net: str | None = None, **columns: str) -> Line:
    """A line of a file that has the Savings Plan cost column."""
    return cur(kind, unblended, net, **{SP_COST: "", **columns})


UNUSED = {TOTAL: "5", USED: "3.5", UPFRONT: "2", RECURRING: "3"}

# name: line, billed, effective, amortized
CASES: dict[str, tuple[Line, str, str, str]] = {
    "usage": (cur("Usage", "1.25"), "1.25", "1.25", "1.25"),
    "usage net": (cur("Usage", "1.25", "1.00"), "1", "1", "1.25"),
    "usage net empty": (cur("Usage", "1.25", ""), "1.25", "1.25", "1.25"),
    "usage net zero is a value": (cur("Usage", "1.25", "0.0"), "0", "0", "1.25"),
    "usage without any cost": (cur("Usage", ""), "0", "0", "0"),
    "usage scientific": (cur("Usage", "3.0E-8"), "0.00000003", "0.00000003", "0.00000003"),
    "tax": (cur("Tax", "2.10", "1.9"), "1.9", "1.9", "2.1"),
    "credit": (cur("Credit", "-7.5"), "-7.5", "-7.5", "-7.5"),
    "refund": (cur("Refund", "-3", "-2.5"), "-2.5", "-2.5", "-3"),
    "refund of a Savings Plan fee": (
        cur("Refund", "-100", **{PRODUCT: "MachineLearningSavingsPlans", DESCRIPTION: SP_REFUND}),
        "-100",
        "0",
        "0",
    ),
    "the same words on another product": (
        cur("Refund", "-100", **{PRODUCT: "AmazonSageMaker", DESCRIPTION: SP_REFUND}),
        "-100",
        "-100",
        "-100",
    ),
    "another refund of Savings Plans": (
        cur("Refund", "-4", **{PRODUCT: "ComputeSavingsPlans", DESCRIPTION: "Refund: goodwill"}),
        "-4",
        "-4",
        "-4",
    ),
    "fee": (cur("Fee", "12"), "12", "12", "12"),
    "fee of a reservation": (cur("Fee", "500", "450", **{RI_ARN: "arn:r"}), "450", "0", "0"),
    "fee, reservation column empty": (cur("Fee", "12", **{RI_ARN: ""}), "12", "12", "12"),
    "unknown type": (cur("FlatRateSubscription", "9", "8"), "8", "8", "9"),
    "no type": (cur("", "9"), "9", "9", "9"),
    "EdpDiscount gross": (cur("EdpDiscount", "-2"), "-2", "-2", "-2"),
    "EdpDiscount net": (cur("EdpDiscount", "-2", "0"), "0", "0", "-2"),
    "PrivateRateDiscount net not zero": (cur("PrivateRateDiscount", "-2", "-2"), "-2", "0", "-2"),
    "BundledDiscount net empty": (cur("BundledDiscount", "-2", ""), "-2", "-2", "-2"),
    "Discount net": (cur("Discount", "-2", "-1"), "-1", "0", "-2"),
    "DiscountedUsage": (cur("DiscountedUsage", "0", **{RI_COST: "0.4"}), "0", "0.4", "0.4"),
    "DiscountedUsage net": (
        cur("DiscountedUsage", "0", "0", **{RI_COST: "0.4", RI_NET_COST: "0.3"}),
        "0",
        "0.3",
        "0.4",
    ),
    "DiscountedUsage net column empty": (
        cur("DiscountedUsage", "0", "0", **{RI_COST: "0.4", RI_NET_COST: ""}),
        "0",
        "0.4",
        "0.4",
    ),
    "DiscountedUsage without its column": (cur("DiscountedUsage", "5", "4"), "4", "4", "5"),
    "DiscountedUsage, column empty": (cur("DiscountedUsage", "5", **{RI_COST: ""}), "5", "5", "5"),
    "RIFee": (
        cur("RIFee", "22.32", **{UNUSED_UPFRONT: "1.5", UNUSED_RECURRING: "0.25"}),
        "22.32",
        "1.75",
        "1.75",
    ),
    "RIFee net, one of two empty": (
        cur(
            "RIFee",
            "22.32",
            "20",
            **{
                UNUSED_UPFRONT: "1.5",
                UNUSED_RECURRING: "0.25",
                NET_UNUSED_UPFRONT: "1.2",
                NET_UNUSED_RECURRING: "",
            },
        ),
        "20",
        "1.45",
        "1.75",
    ),
    "RIFee without its columns": (cur("RIFee", "22.32", "20"), "20", "20", "22.32"),
    "RIFee, nothing unused": (cur("RIFee", "22.32", **{UNUSED_RECURRING: "0"}), "22.32", "0", "0"),
    "covered usage": (
        sp("SavingsPlanCoveredUsage", "1", **{SP_COST: "0.72"}),
        "0",
        "0.72",
        "0.72",
    ),
    "covered usage net": (
        sp("SavingsPlanCoveredUsage", "1", "1", **{SP_COST: "0.72", SP_NET_COST: "0.648"}),
        "0",
        "0.648",
        "0.72",
    ),
    "covered usage, net empty": (
        sp("SavingsPlanCoveredUsage", "1", "1", **{SP_COST: "0.72", SP_NET_COST: ""}),
        "0",
        "0.72",
        "0.72",
    ),
    "covered usage, cost missing": (sp("SavingsPlanCoveredUsage", "1"), "0", "0", "0"),
    "covered usage in a file without the columns": (
        cur("SavingsPlanCoveredUsage", "1", "0.9"),
        "0",
        "0.9",
        "1",
    ),
    "negation": (sp("SavingsPlanNegation", "-1", "-1"), "0", "0", "0"),
    "negation in a file without the columns": (cur("SavingsPlanNegation", "-1"), "0", "-1", "-1"),
    "upfront fee": (sp("SavingsPlanUpfrontFee", "1000", "900"), "900", "0", "0"),
    "upfront fee in a file without the columns": (
        cur("SavingsPlanUpfrontFee", "1000"),
        "1000",
        "1000",
        "1000",
    ),
    # gross: 5 - 3.5
    "unused commitment": (sp("SavingsPlanRecurringFee", "3", **UNUSED), "3", "1.5", "1.5"),
    # net: (2 + 3 - 3.5) x 2.7 / 3 = 1.5 x 0.9
    "unused commitment net": (
        sp("SavingsPlanRecurringFee", "3", "2.7", **UNUSED),
        "2.7",
        "1.35",
        "1.5",
    ),
    # net of an all-upfront plan: 1.5 x 1.6 / 2
    "unused commitment, nothing recurring": (
        sp("SavingsPlanRecurringFee", "0", "0", **UNUSED, **{NET_UPFRONT: "1.6"}),
        "0",
        "1.2",
        "1.5",
    ),
    "unused commitment, no ratio to be had": (
        sp("SavingsPlanRecurringFee", "0", "0", **UNUSED),
        "0",
        "1.5",
        "1.5",
    ),
    "unused commitment, upfront zero": (
        sp(
            "SavingsPlanRecurringFee",
            "0",
            "0",
            **{TOTAL: "3", USED: "1", UPFRONT: "0", RECURRING: "3", NET_UPFRONT: "0"},
        ),
        "0",
        "2",
        "2",
    ),
    # (0 + 1 - 0) x 2 / 3 = 0.666666666666|6... -> 0.666666666667
    "unused commitment, its parts not given": (
        sp("SavingsPlanRecurringFee", "3", "2.7", **{TOTAL: "5", USED: "3.5"}),
        "2.7",
        "1.35",
        "1.5",
    ),
    "unused commitment rounds half up": (
        sp("SavingsPlanRecurringFee", "3", "2", **{TOTAL: "1", USED: "0", RECURRING: "1"}),
        "2",
        "0.666666666667",
        "1",
    ),
    # 0.000000000001 x 1 / 2 = 5E-13, a tie: away from zero
    "unused commitment on a tie": (
        sp("SavingsPlanRecurringFee", "2", "1", **{TOTAL: "0", RECURRING: "0.000000000001"}),
        "1",
        "0.000000000001",
        "0",
    ),
    "unused commitment in a file without the columns": (
        cur("SavingsPlanRecurringFee", "3", "2.7", **UNUSED),
        "2.7",
        "2.7",
        "3",
    ),
    "split child of a pod": (cur("Usage", "1", "0.9", **{OPERATION: "EKSPod-EC2"}), "0", "0", "0"),
    "split child of a task": (cur("Usage", "1", **{OPERATION: "ECSTask-EC2"}), "0", "0", "0"),
    "more than twelve decimals": (
        cur("Usage", "0.0000000000015"),
        "0.000000000002",
        "0.000000000002",
        "0.000000000002",
    ),
    "FOCUS": (
        {"billed_cost": "3", "effective_cost": "2.5", "charge_category": "Usage"},
        "3",
        "2.5",
        "2.5",
    ),
    "FOCUS credit": (
        {"billed_cost": "-2.6", "effective_cost": "-3.00", "charge_category": "Credit"},
        "-2.6",
        "-3",
        "-3",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_formulas(name: str):
    line, billed, effective, amortized = CASES[name]
    assert billed_cost(line) == Decimal(billed)
    assert effective_cost(line) == Decimal(effective)
    assert amortized_cost(line) == Decimal(amortized)


def test_unblended_is_as_delivered_whatever_the_line():
    assert unblended_cost(cur("SavingsPlanNegation", "-1", "-2")) == -1
    assert unblended_cost(cur("Usage", "4", **{OPERATION: "EKSPod-EC2"})) == 4
    assert unblended_cost({"billed_cost": "3", "charge_category": "Usage"}) == 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Usage", "2"),
        ("DiscountedUsage", "2"),
        ("SavingsPlanCoveredUsage", "2"),
        ("SavingsPlanNegation", "0"),
        ("SavingsPlanRecurringFee", "0"),
        ("Tax", "0"),
        ("Fee", "0"),
    ],
)
def test_list_cost_is_of_usage_alone(kind: str, expected: str):
    line = cur(kind, "1", pricing_public_on_demand_cost="2")
    assert list_cost(line) == Decimal(expected)


@pytest.mark.parametrize(
    ("category", "status", "expected"),
    [
        ("Usage", "", "7"),
        ("Usage", "Used", "7"),
        ("Usage", "Unused", "0"),
        ("Purchase", "", "0"),
    ],
)
def test_list_cost_of_focus(category: str, status: str, expected: str):
    line = {
        "billed_cost": "3",
        "list_cost": "7",
        "charge_category": category,
        "commitment_discount_status": status,
    }
    assert list_cost(line) == Decimal(expected)


@pytest.mark.parametrize("text", ["1_000", "NaN", "Infinity", "1,5", " 1", "0x1", "١"])
def test_what_is_not_a_number_is_refused(text: str):
    with pytest.raises(ValueError, match="not a number"):
        billed_cost(cur("Usage", text))
