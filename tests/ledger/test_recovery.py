"""Precision and recall of what the ledger says of charges without a space tag, against a told truth.

Run with `-s` to see how much comes back, by kind of resource and by what Create calls carry.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest

from tests.bills import write_cur
from tests.conftest import Ledger
from tests.independent.recovery import FATES, JOBS, KINDS, Charge, Company

SEED = 20260901
# What Create calls carry, and the share of the bill's space tags that is missing.
STORIES = [("tags", 1.0), ("tags, no response", 1.0), ("no tags", 1.0), ("tags", 0.5),
           ("tags, no response", 0.1)]  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A company's truth beside what the ledger says: method and space of each charge."""

    company: Company
    said: dict[int, tuple[str, str | None]]

    def missing(self, which: Callable[[Charge], bool] = lambda _: True) -> list[Charge]:
        """Charges of spaces that the bill does not tag."""
        return [c for c in self.company.charges if c.truth and not c.is_tagged and which(c)]

    def is_found(self, charge: Charge) -> bool:
        return self.said[charge.number][1] == charge.truth

    def recall(self, charges: Iterable[Charge]) -> float | None:
        """Share of the cost that is found."""
        charges = list(charges)
        whole = sum(charge.cost for charge in charges)
        return float(sum(c.cost for c in charges if self.is_found(c)) / whole) if whole else None


@pytest.fixture(scope="module", params=STORIES, ids=lambda p: f"{p[0]}, {p[1]:.0%} untagged")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    carried, share = request.param
    company = Company(SEED, carried)
    company.drop_tags(share)
    ledger = Ledger(tmp_path_factory.mktemp("recovery"))
    for period in {charge.period for charge in company.charges}:
        lines = [charge.line() for charge in company.charges if charge.period == period]
        write_cur(ledger.bill, period, lines)
    company.write_trail(ledger.root / "trail")
    ledger.configure(
        'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n[[activity]]\nname = "trail"\nuri = "trail"\n'
    )
    assert ledger.run().exit_code == 0
    said = ledger.query("select line_item_id, attribution_method, space_arn from core.charge")
    assert len(said) == len(company.charges)
    found = Told(company, {int(number): (method, space) for number, method, space in said})
    sys.stdout.write(table(found, f"{carried}, {share:.0%} of the tags missing"))
    return found


def table(told: Told, title: str) -> str:
    """Recall in percent of cost: a row per kind of resource, a column per fate."""
    rows = [[title, *FATES, "all"]]
    for kind in (*KINDS, "all"):
        of_kind = told.missing(lambda c, kind=kind: kind in {c.kind, "all"})  # type: ignore[misc]
        shares = [told.recall(c for c in of_kind if c.fate == fate) for fate in FATES]
        shares.append(told.recall(of_kind))
        rows.append([kind, *("-" if share is None else f"{share:.1%}" for share in shares)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n" + "\n".join(lines) + "\n"


def test_the_story_is_hard_enough(told: Told) -> None:
    charges = told.company.charges
    assert len({charge.arn for charge in charges}) > 200
    assert {charge.fate for charge in charges if told.company.is_of_two(charge)} >= {
        "retagged", "untagged", "tagged late", "reused", "anything"
    }  # fmt: skip
    assert sum("errorCode" in record for record in told.company.records) > 100
    assert sum("sharedEventID" in record for record in told.company.records) > 100


def test_no_charge_is_given_to_a_space_that_is_not_its_own(told: Told) -> None:
    wrong = [
        (charge, method, space)
        for charge in told.company.charges
        for method, space in [told.said[charge.number]]
        if space not in {None, charge.truth}
        and not (method == "space_history" and space in charge.tagged_otherwise)
    ]
    assert wrong == []


def test_a_charge_is_missed_only_where_nothing_could_tell(told: Told) -> None:
    missed = [
        charge
        for charge in told.missing()
        if not told.is_found(charge)
        and not charge.is_making_untold
        and not told.company.is_of_two(charge)
        and not charge.is_of_a_name_that_is_both
    ]
    if told.company.carried == "no tags":
        # Apps name their space whatever the tags, and a later AddTags does too.
        assert {charge.kind for charge in missed} == set(KINDS) - {"app"}
        assert "tagged late" not in {charge.fate for charge in missed}
    else:
        assert missed == []


@pytest.mark.parametrize("kind", JOBS)
def test_a_job_whose_create_call_carried_tags_is_always_found(told: Told, kind: str) -> None:
    if told.company.carried == "no tags":
        pytest.skip("the calls of this story carry no tags")
    jobs = told.missing(lambda c: c.kind == kind and c.fate in {"kept", "reused"})
    assert told.recall(jobs) in {1, None}


def test_most_comes_back_where_calls_carry_tags(told: Told) -> None:
    tagged = told.company.carried != "no tags"
    seen = told.missing(lambda charge: not charge.is_making_untold)
    assert (told.recall(seen) or 0) > (0.75 if tagged else 0.35)


def test_a_resource_older_than_the_trail_is_found_by_the_tags_that_are_left(told: Told) -> None:
    older = told.missing(lambda c: c.fate == "before the trail" and c.kind != "app")
    if any(charge.is_tagged for charge in told.company.charges):
        assert (told.recall(older) or 0) > 0.9
    else:
        assert told.recall(older) == 0
