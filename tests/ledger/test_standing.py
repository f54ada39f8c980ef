"""What stands in a published ledger, and which budgets changed since they were announced."""

from __future__ import annotations

import json
from datetime import date

from spaceledger.paths import Home
from spaceledger.standing import announce_budgets, budget_alerts, read_standing
from spaceledger.summary import over_budget, problems
from tests.bills import SPACE, write_cur, write_delivery
from tests.conftest import Ledger

HEAD = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
BUDGET = f'[[budgets]]\nname = "fraud"\nspace = "{SPACE}"\namount = 100\n'
UNSEEN = '[[budgets]]\nname = "gone"\nspace = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/gone"\namount = 1\n'


def spend(ledger: Ledger, amount: int, day: str = "2026-09-03") -> None:
    lines = [{"space": SPACE, "cost": str(amount), "day": "2026-09-02"}]
    write_cur(ledger.bill, day[:7], lines, assembly=f"assembly-{ledger.runs}")
    ledger.run(as_of=date.fromisoformat(day))


def changes(ledger: Ledger) -> list[tuple[str, str, str]]:
    home, found = Home(ledger.home), []
    budgets = read_standing(home).budgets
    count = announce_budgets(home, budgets, found.append)
    assert count == len(found)
    return [(one.budget_name, one.status, f"{one.spent:.0f}") for one in found]


def test_a_budget_is_announced_when_its_status_changes_and_only_then(ledger: Ledger) -> None:
    ledger.configure(HEAD + BUDGET + UNSEEN)
    spend(ledger, 1)
    assert changes(ledger) == []
    spend(ledger, 120)
    assert changes(ledger) == [("fraud", "breached", "120")]
    assert changes(ledger) == []
    spend(ledger, 130)
    assert changes(ledger) == []
    spend(ledger, 1)
    assert changes(ledger) == [("fraud", "ok", "1")]


def test_a_crash_before_the_note_announces_again(ledger: Ledger) -> None:
    ledger.configure(HEAD + BUDGET)
    spend(ledger, 120)
    assert len(changes(ledger)) == 1
    Home(ledger.home).budget_states.write_text('{"fraud|2026-09-01": "brea')
    assert len(changes(ledger)) == 1


def test_a_period_long_over_is_neither_announced_nor_remembered(ledger: Ledger) -> None:
    ledger.configure(HEAD + BUDGET)
    spend(ledger, 120)
    assert len(changes(ledger)) == 1
    ledger.run(as_of=date(2026, 10, 8))
    (october,) = read_standing(Home(ledger.home)).budgets
    assert (october.period_start, october.status) == (date(2026, 10, 1), "no_data")
    assert changes(ledger) == []
    assert json.loads(Home(ledger.home).budget_states.read_text()) == {"fraud|2026-10-01": "ok"}


def test_tables_name_the_space_its_owner_and_what_is_held_back(ledger: Ledger) -> None:
    (ledger.root / "owners.csv").write_text(
        f"space_arn,team,owner,cost_centre,display_name\n{SPACE},risk,Ana *B*,7,fraud\n"
    )
    ledger.configure('owners = "owners.csv"\n' + HEAD + BUDGET)
    spend(ledger, 120)
    write_delivery(ledger.bill, "2026-10", b"this is not gzip", assembly="broken")
    ledger.run(as_of=date(2026, 9, 4))
    standing = read_standing(Home(ledger.home))
    row = over_budget(standing.budgets).splitlines()[-1]
    assert row.startswith("| fraud | fraud | breached | 120.00 USD | 100.00 USD | ")
    assert row.endswith("| 2026-09-01 to 2026-09-30 | Ana &#42;B&#42; |")
    assert [(row[0], row[3], row[5]) for row in standing.problems] == [("acme", "error", "2026-10")]
    assert "| error |" in problems(standing.problems)
    assert over_budget([]) == "There are no budgets."


def test_a_breached_budget_is_explained_as_people_are_told(ledger: Ledger) -> None:
    ledger.configure(HEAD + BUDGET)
    spend(ledger, 120)
    (told,) = budget_alerts(ledger.settings, "fraud")
    assert told.kind == "breached"
    assert "120.00 USD of 100.00 USD" in told.body
    assert "Studio apps" in told.body
    assert budget_alerts(ledger.settings, "another") == ()
    spend(ledger, 1)
    assert budget_alerts(ledger.settings, "fraud") == ()
