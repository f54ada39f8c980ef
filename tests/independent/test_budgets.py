"""The figures of budgets on a few lines; every expected one was worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from tests.independent.budgets import (
    EACH,
    Audit,
    Budget,
    Charge,
    charges_of,
    day_of,
    domain_of,
    planned_through,
)
from tests.independent.readers import Line

DOMAIN = "arn:aws:sagemaker:us-east-1:012345678901:domain/d-abc"
SPACE = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/fraud"
OTHER = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/churn"
PROFILE = "arn:aws:sagemaker:us-east-1:012345678901:user-profile/d-abc/ana"


def line(day: str, cost: str = "1", kind: str = "Usage", **more: str) -> Line:
    return {
        "bill_billing_period_start_date": "2026-08-01T00:00:00Z",
        "line_item_usage_start_date": f"{day}T23:00:00Z",
        "line_item_line_item_type": kind,
        "line_item_product_code": "AmazonSageMaker",
        "line_item_unblended_cost": cost,
        "line_item_currency_code": "USD",
        "tag:sagemaker:space-arn": SPACE,
        **more,
    }


def charge(month: int, day: int, cost: str, space: str | None = SPACE, code: str = "USD") -> Charge:
    return Charge(date(2026, month, day), DOMAIN, space, code, Decimal(cost))


def audit(charges: list[Charge], *budgets: Budget, as_of: date = date(2026, 12, 31)) -> Audit:
    return Audit(charges, list(budgets), as_of)


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        ("2026-07-31", date(2026, 8, 1)),
        ("2026-08-14", date(2026, 8, 14)),
        ("2026-09-02", date(2026, 8, 31)),
    ],
)
def test_a_day_is_within_its_billing_period(day: str, counted: date) -> None:
    assert day_of(line(day)) == counted


def test_tax_credits_and_unused_commitment_never_count() -> None:
    kinds = ("Usage", "Refund", "Tax", "Credit", "SavingsPlanRecurringFee", "RIFee", "EdpDiscount")
    lines = [line("2026-08-03", str(number), kind) for number, kind in enumerate(kinds)]
    assert [c.cost for c in charges_of(lines, "billed_cost")] == [0, 1, 6]


def test_a_domain_is_that_of_the_space_the_profile_or_the_tag() -> None:
    nobodys = {"tag:sagemaker:space-arn": ""}
    assert domain_of(line("2026-08-03")) == DOMAIN
    assert domain_of(line("2026-08-03", **nobodys)) is None
    for key, arn in (("user-profile", PROFILE.upper()), ("domain", DOMAIN)):
        tagged = line("2026-08-03", **nobodys, **{f"tag:sagemaker:{key}-arn": arn})
        assert domain_of(tagged) == DOMAIN


def test_a_plan_is_rounded_down() -> None:
    first, last = date(2026, 8, 1), date(2026, 8, 31)
    even = planned_through(Decimal(100), "even", first, last)
    assert even[date(2026, 8, 2)] == Decimal("6.451612903225")  # 200 / 31
    assert even[last] == 100
    # Saturday the 1st and Sunday plan nothing; 21 days are from Monday to Friday.
    working = planned_through(Decimal(100), "weekdays", first, last)
    assert working[date(2026, 8, 2)] == 0
    assert working[date(2026, 8, 4)] == Decimal("9.523809523809")  # 200 / 21
    weekend = planned_through(Decimal(100), "weekdays", first, date(2026, 8, 2))
    assert list(weekend.values()) == [50, 100]


def test_an_amount_changes_with_the_next_whole_period() -> None:
    before = Budget("b", Decimal(5), space=SPACE, period="quarterly", end=date(2026, 7, 14))
    after = Budget("b", Decimal(9), space=SPACE, period="quarterly", start=date(2026, 7, 15))
    assert before.period_around(date(2026, 9, 30)) == (date(2026, 7, 1), date(2026, 9, 30))
    assert after.period_around(date(2026, 9, 30)) is None
    assert after.period_around(date(2026, 10, 1)) == (date(2026, 10, 1), date(2026, 12, 31))


def test_the_day_an_amount_was_reached_is_known_while_it_is() -> None:
    budget = Budget("b", Decimal(10), space=SPACE)
    charges = [charge(8, 3, "6"), charge(8, 9, "4"), charge(8, 20, "-1"), charge(8, 25, "3")]
    reached = {
        day: audit(charges, budget, as_of=date(2026, 8, day))
        .standing(budget, SPACE, date(2026, 8, 1))
        .reached_on
        for day in (8, 9, 20, 25)
    }
    assert reached == {8: None, 9: date(2026, 8, 9), 20: None, 25: date(2026, 8, 9)}


def test_each_space_without_its_own_has_the_common_budget() -> None:
    own = Budget("own", Decimal(5), space=SPACE, start=date(2026, 8, 1), end=date(2026, 8, 1))
    each = Budget("each", Decimal(9), space=EACH)
    charges = [charge(7, 3, "1"), charge(8, 3, "2"), charge(9, 3, "4"), charge(8, 3, "8", OTHER)]
    counted = {
        (one.budget.name, one.scope, one.first.month): one.spent
        for one in audit(charges, own, each).with_charges()
    }
    assert counted == {
        ("each", SPACE, 7): 1,
        ("own", SPACE, 8): 2,
        ("each", SPACE, 9): 4,
        ("each", OTHER, 8): 8,
    }


def test_what_no_budget_counts() -> None:
    budget = Budget("b", Decimal(5), space=SPACE, start=date(2026, 8, 1))
    charges = [charge(7, 3, "1"), charge(8, 3, "2"), charge(8, 4, "4", None)]
    charges += [charge(8, 3, "8", code="EUR"), charge(9, 3, "16", None)]
    assert audit(charges, budget, as_of=date(2026, 8, 31)).without_budget() == {
        ("2026-07", DOMAIN, SPACE, "USD"): 1,
        ("2026-08", DOMAIN, None, "USD"): 4,
        ("2026-08", DOMAIN, SPACE, "EUR"): 8,
    }
