"""How late a day of usage fills up is learnt from what deliveries said of the same day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.harness import Models


@pytest.fixture(scope="module")
def models() -> Iterator[Models]:
    made = Models()
    yield made
    made.close()


def deliveries(shares: list[float], count: int = 16, *, closed: int = 0) -> dict[str, list[dict]]:
    """One delivery a day, each of all days so far; the newest days hold only these shares of their cost.

    `closed` more deliveries come when the month is over, as a new month grows beside it.
    """
    given: dict[str, list[dict]] = {
        "raw.deliveries": [],
        "raw.delivered_days": [],
        "core.delivered_day": [],
    }
    for number in range(1, count + closed + 1):
        period = "2026-09" if number <= count else "2026-10"
        newest = min(number, count)
        key = {"source": "acme", "delivery_id": f"d{number:02}"}
        given["raw.deliveries"].append(
            key | {"billing_period": "2026-09", "delivered_at": f"2026-09-{number + 1:02} 06:00:00"}
        )
        for day in range(1, newest + 1):
            age = number - day
            cost = 100 * (shares[age] if age < len(shares) else 1)
            kept = "core.delivered_day" if number == count + closed else "raw.delivered_days"
            row = {"usage_date": f"2026-09-{day:02}", "effective_cost": f"{cost:g}"}
            given[kept].append(key | row | {"billing_period": "2026-09"})
        if period == "2026-10":
            other = key | {"delivery_id": f"n{number:02}", "billing_period": "2026-10"}
            given["raw.deliveries"].append(
                other | {"delivered_at": f"2026-09-{number + 1:02} 06:00:00"}
            )
            given["raw.delivered_days"].append(
                other | {"usage_date": f"2026-09-{number:02}", "effective_cost": "100"}
            )
    return given


@pytest.mark.parametrize(
    ("shares", "held_out"),
    [
        ([1.0], 0),
        ([0.5], 1),
        ([0.4, 0.95], 2),
        ([0.4, 0.9, 0.98], 3),
        ([0.4, 0.995, 0.999], 1),
        ([0.0, 0.0, 0.0, 0.0, 0.5], 5),
    ],
)
def test_the_days_that_still_fill_up_are_held_out(
    models: Models, shares: list[float], held_out: int
) -> None:
    found = models.evaluate("core.usage_lag", deliveries(shares))
    assert [(row["source"], row["held_out_days"]) for row in found] == [("acme", held_out)]


def test_nothing_is_learnt_of_few_deliveries(models: Models) -> None:
    assert models.evaluate("core.usage_lag", deliveries([0.5], count=13)) == []


def test_nothing_is_learnt_of_one_delivery(models: Models) -> None:
    only = deliveries([0.5])
    only["raw.delivered_days"] = []
    assert models.evaluate("core.usage_lag", only) == []


def test_a_month_that_is_over_ages_with_the_next(models: Models) -> None:
    """Its last day is no longer the newest, though no later day stands in its deliveries."""
    found = models.evaluate("core.usage_lag", deliveries([0.5], count=10, closed=8))
    assert [row["held_out_days"] for row in found] == [1]
