"""The cost macros against an independent implementation, on lines of every type and shape."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaceledger.warehouse.connection import run, value
from tests.independent.costs import amortized_cost, billed_cost, effective_cost
from tests.independent.readers import Line
from tests.independent.test_costs import (
    CASES,
    DESCRIPTION,
    NET_UNUSED_RECURRING,
    NET_UNUSED_UPFRONT,
    NET_UPFRONT,
    OPERATION,
    PRODUCT,
    RECURRING,
    RI_ARN,
    RI_COST,
    RI_NET_COST,
    SP_COST,
    SP_NET_COST,
    SP_REFUND,
    TOTAL,
    UNUSED,
    UNUSED_RECURRING,
    UNUSED_UPFRONT,
    UPFRONT,
    USED,
    sp,
)

SP_FEE = "SavingsPlanRecurringFee"
SPLIT = ("EKSPod-EC2", "ECSTask-EC2")
# The net unused commitment is the hardest rule, so its line comes often.
KINDS = (
    *(SP_FEE, SP_FEE, SP_FEE, SP_FEE),
    *("Usage", "Tax", "Credit", "Refund", "Fee", "RIFee", "DiscountedUsage"),
    *("SavingsPlanCoveredUsage", "SavingsPlanNegation", "SavingsPlanUpfrontFee"),
    *("SavingsPlanRecurringFee", "BundledDiscount", "Discount", "EdpDiscount"),
    *("PrivateRateDiscount", "FlatRateSubscription", "SomethingNew", ""),
)
UNBLENDED = "line_item_unblended_cost"
NET_UNBLENDED = "line_item_net_unblended_cost"
# What a macro calls a column, and what a bill does.
TEXTS = {
    "line_item_type": "line_item_line_item_type",
    "operation": OPERATION,
    "product_code": PRODUCT,
    "description": DESCRIPTION,
    "reservation_arn": RI_ARN,
}
AMOUNTS = {
    "unblended_cost": UNBLENDED,
    "net_unblended_cost": NET_UNBLENDED,
    "reservation_effective_cost": RI_COST,
    "reservation_net_effective_cost": RI_NET_COST,
    "reservation_unused_upfront": UNUSED_UPFRONT,
    "reservation_net_unused_upfront": NET_UNUSED_UPFRONT,
    "reservation_unused_recurring": UNUSED_RECURRING,
    "reservation_net_unused_recurring": NET_UNUSED_RECURRING,
    "savings_plan_effective_cost": SP_COST,
    "savings_plan_net_effective_cost": SP_NET_COST,
    "savings_plan_total_commitment": TOTAL,
    "savings_plan_used_commitment": USED,
    "savings_plan_amortized_upfront": UPFRONT,
    "savings_plan_net_amortized_upfront": NET_UPFRONT,
    "savings_plan_recurring": RECURRING,
}
COLUMNS = TEXTS | AMOUNTS
GROUPS = {
    "net": (NET_UNBLENDED,),
    "savings_plan": (SP_COST, TOTAL, USED, UPFRONT, RECURRING),
    "net_savings_plan": (SP_NET_COST, NET_UPFRONT),
    "reservation": (RI_ARN, RI_COST, UNUSED_UPFRONT, UNUSED_RECURRING),
    "net_reservation": (RI_NET_COST, NET_UNUSED_UPFRONT, NET_UNUSED_RECURRING),
}

AMOUNT = st.one_of(
    st.sampled_from(["0", "0.0", "1", "-1", "3.0E-8", "0.0000000000015", "-0.0000000000005"]),
    st.builds("{}.{:010}".format, st.integers(-20_000, 20_000), st.integers(0, 10**10 - 1)),
    st.decimals(-5, 5, places=12).map(str),
)
VALUE = st.one_of(st.just(""), AMOUNT)


@st.composite
def files(draw: st.DrawFn) -> list[Line]:
    """Lines of one file: a column is there for all of them or for none, and empty on some."""
    missing = draw(st.sets(st.sampled_from(sorted(GROUPS))))
    groups = [columns for name, columns in GROUPS.items() if name not in missing]
    columns = [UNBLENDED, *(name for group in groups for name in group)]
    line = st.fixed_dictionaries(
        {
            TEXTS["line_item_type"]: st.sampled_from(KINDS),
            OPERATION: st.sampled_from(["RunInstance", "RunInstance", "", *SPLIT]),
            PRODUCT: st.sampled_from(["ComputeSavingsPlans", "AmazonSageMaker", ""]),
            DESCRIPTION: st.sampled_from([SP_REFUND, "Refund: goodwill", ""]),
        }
        | {name: st.sampled_from(["", "arn:r"]) if name == RI_ARN else VALUE for name in columns}
    )
    return draw(st.lists(line, min_size=10, max_size=30))


Costs = Callable[[list[Line]], list[tuple[Decimal, ...]]]


@pytest.fixture(scope="session")
def costs(macros: duckdb.DuckDBPyConnection) -> Costs:
    """Billed, effective and amortized cost of the lines of one file, by the macros."""
    given = {name: name for name in ("has_savings_plan_costs", *TEXTS)}
    given |= {name: f"money({name})" for name in AMOUNTS}
    calls = []
    for macro in ("billed_cost", "effective_cost", "amortized_cost"):
        parameters = value(
            macros, "select parameters from duckdb_functions() where function_name = ?", [macro]
        )
        calls.append(f"{macro}({', '.join(given[name] for name in parameters)})")
    query = f"select {', '.join(calls)} from lines order by number"

    def of(lines: list[Line]) -> list[tuple[Decimal, ...]]:
        columns = {name: [line.get(key) or None for line in lines] for name, key in COLUMNS.items()}
        table = pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})
        has_costs = any(name in line for name in (SP_COST, SP_NET_COST) for line in lines)
        table = table.append_column("has_savings_plan_costs", [[has_costs] * len(lines)])
        table = table.append_column("number", [list(range(len(lines)))])
        macros.register("lines", table)
        return run(macros, query)

    return of


@settings(max_examples=60)
@given(files())
def test_the_macros_give_the_same_costs(costs: Costs, lines: list[Line]):
    for line, theirs in zip(lines, costs(lines), strict=True):
        ours = (billed_cost(line), effective_cost(line), amortized_cost(line))
        assert ours == theirs, {name: value for name, value in line.items() if value}


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("FOCUS")])
def test_the_macros_give_the_figures_worked_out_by_hand(costs: Costs, name: str):
    line, *expected = CASES[name]
    assert costs([line]) == [tuple(map(Decimal, expected))]


def test_a_split_line_costs_nothing_whatever_its_type(costs: Costs):
    line = sp(SP_FEE, "3", "2.7", **UNUSED, **{OPERATION: "EKSPod-EC2"})
    assert effective_cost(line) == 0
    assert costs([line]) == [(0, 0, 0)]
