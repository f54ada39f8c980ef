"""From a bill to a message: real runs, and a real receiver on this machine."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from spaceledger import pipeline
from spaceledger.alerts import Told
from spaceledger.cli import main
from spaceledger.paths import Home
from tests.bills import SPACE, write_cur, write_delivery
from tests.conftest import NOW, Ledger
from tests.receiver import Hook

HEAD = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n[alerts]\nchannels = ["TEAM"]\n'
BUDGET = f'[[budgets]]\nname = "fraud"\nspace = "{SPACE}"\namount = 1000\nperiod = "custom"\n'
FEW_DAYS = f"{BUDGET}start = 2026-09-01\nend = 2026-09-09\n"
PROBLEMS = "select source, location, severity from marts.ingest_problems"


def costs(*amounts: int, first: str = "2026-09-01") -> list[dict[str, str]]:
    start = date.fromisoformat(first)
    return [
        {"space": SPACE, "cost": str(amount), "day": str(start + timedelta(days=number))}
        for number, amount in enumerate(amounts)
    ]


def deliver(ledger: Ledger, *amounts: int) -> None:
    write_cur(ledger.bill, "2026-09", costs(*amounts), assembly=f"assembly-{ledger.runs}")


def deliver_broken(ledger: Ledger) -> None:
    write_delivery(ledger.bill, "2026-09", b"this is not gzip", assembly="broken")


def run(ledger: Ledger, day: str) -> pipeline.Outcome:
    return ledger.run(as_of=date.fromisoformat(day))


def tell(ledger: Ledger, hook: Hook) -> Told:
    ledger.runs += 1
    now = NOW.replace(second=ledger.runs)
    return pipeline.alert(ledger.settings, now=now, environment={"TEAM": hook.address})


def kinds(told: Told) -> list[str]:
    return [message.kind for message in told.new]


def call(ledger: Ledger, hook: Hook, day: str) -> Result:
    words = ["run", "--config", str(ledger.config), "--as-of", day]
    return CliRunner().invoke(main, words, env={"TEAM": hook.address})


def test_a_budget_is_told_at_its_threshold_at_its_amount_and_when_it_gets_worse(
    ledger: Ledger, hook: Hook
) -> None:
    ledger.configure(HEAD + FEW_DAYS)
    deliver(ledger, *[101] * 8)
    run(ledger, "2026-09-08")
    assert kinds(tell(ledger, hook)) == ["threshold"]
    assert not run(ledger, "2026-09-08").published
    assert tell(ledger, hook) == Told()
    assert len(hook.got) == 1
    assert "fraud" in hook.titles[0]
    assert "80%" in hook.titles[0] or "81%" in hook.titles[0] or "80.8" in hook.titles[0]

    deliver(ledger, *[101] * 8, 302)
    run(ledger, "2026-09-09")
    assert kinds(tell(ledger, hook)) == ["breached"]
    assert hook.got[-1]["type"] == "failure"

    deliver(ledger, *[101] * 8, 600)
    run(ledger, "2026-09-11")
    assert kinds(tell(ledger, hook)) == ["breached"]
    assert "worse" in hook.titles[-1]
    assert len(hook.got) == 3


def test_a_receiver_that_is_down_is_a_problem_until_it_was_told(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD + FEW_DAYS)
    deliver(ledger, *[150] * 8)
    assert run(ledger, "2026-09-08").exit_code == 0
    hook.status = 503
    told = tell(ledger, hook)
    assert (kinds(told), told.sent, len(told.problems)) == (["breached"], (), 1)
    assert ledger.query(PROBLEMS) == [("alerts", "TEAM", "warning")]
    assert ledger.query("select status, as_of from marts.budget_status") == [
        ("breached", date(2026, 9, 8))
    ]
    token, port = hook.address.rsplit("/", 1)[1], hook.address.split(":")[2].split("/")[0]
    for path in Path(ledger.home).rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            assert token.encode() not in text, path
            assert f"127.0.0.1:{port}".encode() not in text, path

    noted = Home(ledger.home).ledger.resolve()
    assert len(tell(ledger, hook).problems) == 1
    assert Home(ledger.home).ledger.resolve() == noted  # known: nothing is published again

    # The row stays through a run, and such a run has no failure.
    outcome = run(ledger, "2026-09-09")
    assert (outcome.published, outcome.exit_code) == (True, 0)
    assert ledger.query(PROBLEMS) == [("alerts", "TEAM", "warning")]

    hook.status = 200
    mended = tell(ledger, hook)
    assert [(one.channel, one.level) for one in mended.sent] == [("TEAM", 1)]
    assert mended.new == ()
    assert ledger.query(PROBLEMS) == []
    assert len(hook.got) == 1


def test_a_day_of_the_past_tells_nobody_and_silence_is_told(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD + FEW_DAYS.replace("1000", "10"))
    deliver(ledger, *[10] * 12)
    run(ledger, "2026-09-09")
    assert ledger.query("select status from marts.budget_status") == [("breached",)]
    assert "nobody is told" in tell(ledger, hook).silent
    run(ledger, "2027-01-01")
    assert "a day to come" in tell(ledger, hook).silent
    assert hook.asked == 0

    run(ledger, "2026-09-15")  # three days after the newest usage
    assert kinds(tell(ledger, hook)) == ["breached"]
    run(ledger, "2026-09-16")
    assert kinds(tell(ledger, hook)) == ["stale"]
    assert "acme" in hook.titles[-1]
    assert tell(ledger, hook) == Told()
    assert len(hook.got) == 2


def test_a_day_of_ten_times_the_usual_is_told(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD)
    days = [*[100] * 70, 1000, 100, 100, 100]
    lines = costs(*days, first="2026-07-01")
    for period in ("2026-07", "2026-08", "2026-09"):
        own = [line for line in lines if line["day"].startswith(period)]
        write_cur(ledger.bill, period, own)
    run(ledger, "2026-09-12")
    assert kinds(tell(ledger, hook)) == ["anomaly"]
    assert "fraud" in hook.titles[0]
    assert "2026-09-09" in f"{hook.got[0]}"
    assert tell(ledger, hook) == Told()


def test_the_command_ends_as_the_run_did_whoever_could_be_told(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD + FEW_DAYS)
    deliver(ledger, *[150] * 8)
    hook.status = 500
    answer = call(ledger, hook, "2026-09-08")
    assert answer.exit_code == 0, answer.output
    assert 'alert: Budget "fraud"' in answer.output
    assert "warning: alerts: alert_channel_failed: TEAM" in answer.stderr
    assert "T0KEN" not in answer.output

    deliver_broken(ledger)
    answer = call(ledger, hook, "2026-09-08")
    assert answer.exit_code == 3, answer.output
    hook.status = 200
    answer = call(ledger, hook, "2026-09-08")
    assert answer.exit_code == 3, answer.output
    assert len(hook.got) == 2
    assert any("acme" in title for title in hook.titles)
    assert ledger.query(PROBLEMS)[0][::2] == ("acme", "error")


def test_a_line_dated_to_come_silences_nobody(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD + FEW_DAYS.replace("1000", "10"))
    deliver(ledger, *[10] * 12)
    odd = {"space": SPACE, "cost": "0.01", "day": "2026-11-30"}
    write_cur(ledger.bill, "2026-11", [odd])
    run(ledger, "2026-11-24")
    assert ledger.query("select complete_through::varchar from core.source_freshness") == [
        ("2026-11-22",)
    ]
    assert tell(ledger, hook).silent == ""


def test_a_raised_budget_that_is_breached_again_is_told_again(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD + FEW_DAYS.replace("1000", "50"))
    deliver(ledger, *[10] * 12)
    run(ledger, "2026-09-12")
    assert kinds(tell(ledger, hook)) == ["breached"]
    ledger.configure(HEAD + FEW_DAYS.replace("1000", "60"))
    run(ledger, "2026-09-12")
    assert kinds(tell(ledger, hook)) == ["breached"]


def test_what_breaks_again_after_it_was_mended_is_told_again(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD)
    deliver(ledger, *[10] * 3)
    run(ledger, "2026-09-03")
    told = []
    for number, is_broken in enumerate([True, False, True]):
        if is_broken:
            write_delivery(ledger.bill, "2026-08", b"this is not gzip", assembly="same")
        else:
            write_cur(ledger.bill, "2026-08", [{"space": SPACE}], assembly="same")
        moment = NOW + timedelta(days=number)
        pipeline.run(ledger.settings, as_of=date(2026, 9, 3), now=moment)
        told += kinds(pipeline.alert(ledger.settings, now=moment, environment={}))
    assert [kind for kind in told if kind == "held_back"] == ["held_back", "held_back"]


def test_a_crash_between_telling_and_noting_repeats_an_event_and_loses_none(
    ledger: Ledger, hook: Hook
) -> None:
    ledger.configure(HEAD + FEW_DAYS.replace("1000", "10"))
    deliver(ledger, *[10] * 12)
    run(ledger, "2026-09-12")

    def stop(_: object) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        pipeline.alert(ledger.settings, now=NOW, environment={}, on_new=stop)
    seen: list[object] = []
    pipeline.alert(ledger.settings, now=NOW, environment={}, on_new=seen.append)
    assert len(seen) == 1


def test_telling_leaves_the_work_of_lone_steps_alone(ledger: Ledger, hook: Hook) -> None:
    ledger.configure(HEAD)
    deliver(ledger, *[10] * 3)
    run(ledger, "2026-09-03")
    deliver(ledger, *[10] * 4)
    loaded = pipeline.load(ledger.settings, now=NOW + timedelta(hours=1))
    tell(ledger, hook)
    built = pipeline.build(ledger.settings, as_of=date(2026, 9, 4), now=NOW + timedelta(hours=1))
    assert built.build_id == loaded.build_id


def test_a_failing_channel_hides_no_change_of_configuration_from_the_next_run(
    ledger: Ledger,
) -> None:
    ledger.configure(HEAD + FEW_DAYS.replace("1000", "10"))
    deliver(ledger, *[10] * 12)
    first = run(ledger, "2026-09-12")
    ledger.configure(HEAD + FEW_DAYS.replace("1000", "20"))
    told = pipeline.alert(ledger.settings, now=NOW + timedelta(hours=1), environment={})
    assert [problem.problem for problem in told.problems] == ["alert_channel_missing"]
    assert ledger.query("select build_id from core.run") == [(first.build_id,)]
    second = run(ledger, "2026-09-12")
    assert second.built is not None
    assert second.built.periods == {"2026-09": "configuration"}
