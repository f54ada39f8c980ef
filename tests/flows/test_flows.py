"""The flows as Prefect runs them, on a server of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import flows.close
import pytest
import yaml
from flows.activity import activity
from flows.backfill import backfill
from flows.daily import daily
from flows.explain import explain
from flows.retries import is_transient
from prefect.artifacts import Artifact
from prefect.events.schemas.automations import AutomationCore

from spaceledger import pipeline, turns
from spaceledger.errors import LockedError, SourceError, SpaceledgerError, TransientSourceError
from spaceledger.paths import Home
from spaceledger.period import BillingPeriod
from spaceledger.warehouse.publish import locked
from tests.bills import SPACE, write_cur, write_delivery
from tests.conftest import Ledger
from tests.ledger.test_incremental_events import CONFIGURATION, arn, call, write_log

ROOT = Path(__file__).resolve().parents[2]
HEAD = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
BUDGET = f'[[budgets]]\nname = "fraud"\nspace = "{SPACE}"\namount = 10\n'


def artifact(key: str) -> str:
    found = Artifact.get(key, _sync=True)
    assert found is not None
    return str(found.data)


def test_the_daily_flow_publishes_and_tells_what_it_did(ledger: Ledger) -> None:
    ledger.configure(HEAD + BUDGET)
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "15"}])
    state = daily(ledger.config, date(2026, 9, 30), False, return_state=True)
    assert (state.name, state.result(_sync=True).published) == ("Completed", True)
    assert "| acme | 2026-09 |" in artifact("load-summary")
    assert "| fraud | fraud | breached | 15.00 USD | 10.00 USD |" in artifact("spaces-over-budget")
    assert artifact("problems") == "Nothing is held back, and nothing was noticed."
    assert artifact("dashboards").endswith("/home/reports/html/index.html)")


def test_a_run_with_inputs_held_back_ends_in_a_state_of_its_own(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    write_delivery(ledger.bill, "2026-10", b"this is not gzip", assembly="broken")
    state = daily(ledger.config, date(2026, 10, 1), False, return_state=True)
    assert (state.type.value, state.name) == ("COMPLETED", "Inputs held back")
    assert state.message == "1 input is held back; the rest is published"
    assert "| error |" in artifact("problems")
    # It still is where nothing is new, and callers are given the outcome all the same.
    outcome = daily(ledger.config, date(2026, 10, 1), False)
    assert (outcome.published, outcome.exit_code) == (False, 3)


def test_pages_that_are_shared_are_linked_to_by_their_address(ledger: Ledger) -> None:
    pages = "https://share.example/spaceledger/index.html"
    ledger.configure(HEAD + f'[alerts]\npages = "{pages}"\n')
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    outcome = daily(ledger.config, date(2026, 10, 1), False)
    assert artifact("dashboards") == f"[Dashboards]({pages})"
    assert outcome.published


def test_a_backfill_loads_its_periods_again_and_no_others(ledger: Ledger) -> None:
    for period in ("2026-07", "2026-08", "2026-09"):
        write_cur(ledger.bill, period, [{"space": SPACE, "cost": "5"}])
    ledger.run()
    outcome = backfill("2026-08", "2026-09", ledger.config)
    assert [row.period for row in outcome.loaded] == ["2026-08", "2026-09"]
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal(15),)
    ]
    assert ledger.query("select count(*) from marts.restatements") == [(0,)]


def test_the_activity_flow_takes_in_new_events_and_leaves_bills(ledger: Ledger) -> None:
    ledger.configure(CONFIGURATION.format(""))
    write_cur(ledger.bill, "2026-09", [{"resource": arn("red"), "cost": "5", "day": "2026-09-04"}])
    write_log(
        ledger.root / "trail", "one", [call("DescribeEndpoint", "red", "", "2026-09-03T09:00:00Z")]
    )
    daily(ledger.config)
    assert not activity(ledger.config).published
    write_cur(ledger.bill, "2026-10", [{"space": SPACE, "cost": "7"}])
    write_log(
        ledger.root / "trail", "two", [call("CreateEndpoint", "red", SPACE, "2026-09-04T09:00:00Z")]
    )
    outcome = activity(ledger.config)
    assert outcome.read == (("trail", 1, 1, 1),)
    assert ledger.query("select billing_period, space_arn from marts.space_spend_monthly") == [
        ("2026-09", SPACE)
    ]
    assert "Trails read" in artifact("load-summary")


def months_before(count: int) -> list[str]:
    month = BillingPeriod.parse(f"{datetime.now(UTC):%Y-%m}")
    months = []
    for _ in range(count):
        assert month
        month = month.previous
        months.append(str(month))
    return months[::-1]


def test_a_backfill_without_months_takes_the_two_before_this_one(ledger: Ledger) -> None:
    before = months_before(3)
    for period in before:
        write_cur(ledger.bill, period, [{"space": SPACE, "cost": "5"}])
    pipeline.run(ledger.settings)
    assert [row.period for row in backfill(config=ledger.config).loaded] == before[1:]


def test_a_backfill_of_what_is_no_month_says_so(ledger: Ledger) -> None:
    with pytest.raises(SpaceledgerError, match="'September' is no month"):
        backfill("September", config=ledger.config)


@pytest.mark.parametrize(
    ("invoice", "state_name", "said"),
    [("EUINV26-1", "Completed", "is final"), ("", "Month not final", "NOT FINAL")],
)
def test_the_month_close_writes_what_to_charge_from_and_tells_whether_it_is_final(
    invoice: str, state_name: str, said: str, ledger: Ledger
) -> None:
    (month,) = months_before(1)
    write_cur(ledger.bill, month, [{"space": SPACE, "cost": "5", "invoice": invoice}])
    pipeline.run(ledger.settings)
    state = flows.close.close(config=ledger.config, return_state=True)
    assert (state.type.value, state.name) == ("COMPLETED", state_name)
    folder = ledger.home / "chargebacks" / month
    assert sorted(path.name for path in folder.iterdir()) == [
        f"chargeback-{month}.csv",
        f"chargeback-{month}.parquet",
    ]
    assert said in artifact("month-close")
    assert f"{month}: billed cost 5.00 USD" in artifact("month-close")
    assert f"| acme | {month} |" in artifact("load-summary")  # loaded once more


def test_the_month_close_of_a_month_without_a_bill_fails_in_one_line(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    with pytest.raises(SpaceledgerError, match="2026-07 is not in the ledger - it holds 2026-09"):
        flows.close.close("2026-07", ledger.config)


def test_a_budget_is_explained_by_name(ledger: Ledger) -> None:
    ledger.configure(HEAD + BUDGET)
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "15"}])
    ledger.run(as_of=date(2026, 9, 30))
    assert explain("fraud", ledger.config) == 1
    assert 'Budget "fraud" is exceeded by 5.00 USD' in artifact("budget-explained")
    assert explain("<b>other", ledger.config) == 0
    assert artifact("budget-explained") == 'Budget "‹b›other" holds.'


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """What the others do while a flow waits."""
    return lambda act: monkeypatch.setattr(turns, "sleep", lambda _: act())


def test_an_hourly_run_waits_for_the_daily_one_to_end(
    ledger: Ledger, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    other = turns.turn(Home(ledger.home), lambda _: None)
    other.__enter__()
    waited = []

    def end() -> None:
        waited.append(1)
        other.__exit__(None, None, None)

    meanwhile(end)
    assert activity(ledger.config).published
    assert waited == [1]


def test_a_flow_waits_for_a_command_that_holds_the_ledger_and_commands_are_refused(
    ledger: Ledger, meanwhile: Callable[[Callable[[], object]], None]
) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    command = locked(Home(ledger.home), "run")
    command.__enter__()
    with pytest.raises(LockedError):
        pipeline.run(ledger.settings)
    meanwhile(lambda: command.__exit__(None, None, None))
    assert daily(ledger.config).published


def test_deployments_run_by_turns_on_schedules_of_utc_and_name_no_path() -> None:
    text = (ROOT / "prefect.yaml").read_text()
    deployments = {each["name"]: each for each in yaml.safe_load(text)["deployments"]}
    assert list(deployments) == ["daily", "activity", "repull", "close", "backfill", "explain"]
    for name, each in deployments.items():
        assert each["tags"][0] == "spaceledger"
        assert each["description"].endswith(".")
        # Of git, Prefect would read the address of a remote, with whatever token stands in it.
        assert each["version_type"] == "prefect:simple"
        assert "concurrency_limit" in each or name == "explain"
        assert all(one["timezone"] == "UTC" for one in each.get("schedules", []))
        assert not each.get("parameters")
    assert (
        'version = "' + deployments["daily"]["version"] + '"'
        in (ROOT / "pyproject.toml").read_text()
    )
    assert "directory" not in text.replace("prefect deploy", "")


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "automations").glob("*.yaml")), ids=str)
def test_every_example_of_an_automation_is_one_prefect_takes(path: Path) -> None:
    assert AutomationCore.model_validate(yaml.safe_load(path.read_text())).actions


def test_only_transient_errors_are_retried() -> None:
    from prefect.states import exception_to_failed_state
    from prefect.utilities.asyncutils import run_coro_as_sync

    def of(error: Exception) -> object:
        return run_coro_as_sync(exception_to_failed_state(error))

    assert is_transient(None, None, of(TransientSourceError("slow")))  # type: ignore[arg-type]
    assert not is_transient(None, None, of(SourceError("denied")))  # type: ignore[arg-type]
