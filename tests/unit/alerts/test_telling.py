"""Who is told of what: once, again when worse, and after a receiver is up again. Over real HTTP."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spaceledger.alerts import Problem, Sent, read_channels
from spaceledger.alerts.telling import IN_FULL
from tests.receiver import Hook
from tests.unit.alerts.conftest import BUILD, PAGES, THRESHOLD, Teller, row, table

KEY = str(THRESHOLD["alert_key"])


def problems(found: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.channel, problem.problem) for problem in found]


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_an_alert_is_told_once(teller: Teller, hook: Hook) -> None:
    first = teller(table(THRESHOLD), SLACK=hook)
    assert first.sent == (Sent("SLACK", KEY, 1),)
    assert [one.alert_key for one in first.new] == [KEY]
    assert first.problems == ()
    second = teller(table(THRESHOLD), SLACK=hook)
    assert (second.new, second.sent, second.problems) == ((), (), ())
    assert hook.asked == 1
    assert hook.got[0]["title"] == 'Budget "fraud monthly" has used 82% of 9,000.00 USD'
    assert hook.got[0]["message"].startswith("Spent 7,382.20 USD of 9,000.00 USD")
    assert hook.got[0]["type"] == "warning"
    assert hook.got[0]["message"].endswith(
        f"{PAGES}\n\nNumbers: data through 2026-10-23, build {BUILD}."
    )
    assert teller.lines == [("SLACK", KEY, 1), ("run", KEY, 1)]


def test_a_breach_is_sent_as_a_failure(teller: Teller, hook: Hook) -> None:
    teller(table({**THRESHOLD, "kind": "breached"}), SLACK=hook)
    assert hook.got[0]["type"] == "failure"


def test_a_worse_level_is_told_again_and_says_so(teller: Teller, hook: Hook) -> None:
    teller(table(row("a", 1)), SLACK=hook)
    worse = teller(table(row("a", 3)), SLACK=hook)
    better = teller(table(row("a", 2)), SLACK=hook)
    again = teller(table(row("a", 3)), SLACK=hook)
    assert worse.sent == (Sent("SLACK", "a", 3),)
    assert [one.level for one in worse.new] == [3]
    assert "(worse than told on 2026-10-24)" in hook.titles[1]
    assert hook.got[1]["message"].startswith("This is worse than told on 2026-10-24.")
    assert "worse" not in hook.titles[0]
    assert (better.sent, better.new, again.sent, again.new) == ((), (), (), ())
    assert hook.asked == 2


def test_without_a_channel_an_alert_is_new_once(teller: Teller) -> None:
    assert [one.title for one in teller(table(THRESHOLD)).new] == [
        'Budget "fraud monthly" has used 82% of 9,000.00 USD'
    ]
    assert teller(table(THRESHOLD)).new == ()
    assert teller.lines == [("run", KEY, 1)]


def test_a_channel_added_later_is_told_of_what_stands(teller: Teller, hook: Hook) -> None:
    teller(table(row("a")))
    told = teller(table(row("a")), SLACK=hook)
    assert (told.new, told.sent) == ((), (Sent("SLACK", "a", 1),))


def test_nobody_home_is_a_problem_and_told_at_the_next_run(teller: Teller, hook: Hook) -> None:
    address = hook.address
    dead = f"json://127.0.0.1:{closed_port()}/T0KEN"
    down = teller(table(row("a")), SLACK=dead)
    assert (len(down.new), down.sent) == (1, ())
    assert down.problems == (
        Problem("SLACK", "alert_channel_failed",
                "did not answer, or refused the connection; it is told at the next run"),
    )  # fmt: skip
    up = teller(table(row("a")), SLACK=address)
    assert (up.new, up.sent, up.problems) == ((), (Sent("SLACK", "a", 1),), ())


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_an_answer_that_is_not_yes_is_a_failure(teller: Teller, hook: Hook, status: int) -> None:
    hook.status = status
    told = teller(table(row("a")), SLACK=hook)
    assert told.problems == (
        Problem("SLACK", "alert_channel_failed",
                f"answered with HTTP status {status}; it is told at the next run"),
    )  # fmt: skip
    hook.status = 200
    assert teller(table(row("a")), SLACK=hook).sent == (Sent("SLACK", "a", 1),)


def test_a_receiver_that_never_answers_is_given_up(teller: Teller, hook: Hook) -> None:
    hook.silent = True
    told = teller(table(row("a"), row("b")), SLACK=f"{hook.address}?rto=0.05")
    assert problems(told.problems) == [("SLACK", "alert_channel_failed")]
    assert hook.asked == 1


def test_an_optional_receiver_that_fails_was_not_told(teller: Teller, hook: Hook) -> None:
    hook.status = 500
    told = teller(table(row("a")), SLACK=f"{hook.address}?optional=yes")
    assert (problems(told.problems), told.sent) == ([("SLACK", "alert_channel_failed")], ())


def test_after_its_first_failure_a_channel_is_left_alone(teller: Teller, hook: Hook) -> None:
    hook.breaks_after = 1
    rows = table(row("a", 1), row("b", 3), row("c", 2))
    told = teller(rows, SLACK=hook)
    assert told.sent == (Sent("SLACK", "b", 3),)
    assert hook.asked == 2
    assert len(told.new) == 3
    hook.breaks_after = None
    assert teller(rows, SLACK=hook).sent == (Sent("SLACK", "c", 2), Sent("SLACK", "a", 1))
    assert [message["title"].split()[1] for message in hook.got] == ['"b"', '"c"', '"a"']


def test_of_two_channels_only_the_one_that_failed_is_told_later(
    teller: Teller, make_hook: Callable[[], Hook]
) -> None:
    slack, mail = make_hook(), make_hook()
    slack.status = 500
    told = teller(table(row("a")), SLACK=slack, MAIL=mail)
    assert problems(told.problems) == [("SLACK", "alert_channel_failed")]
    assert (slack.got, mail.asked) == ([], 1)
    slack.status = 200
    assert teller(table(row("a")), SLACK=slack, MAIL=mail).sent == (Sent("SLACK", "a", 1),)
    assert (len(slack.got), mail.asked) == (1, 1)


def test_one_variable_may_hold_several_addresses(
    teller: Teller, make_hook: Callable[[], Hook]
) -> None:
    one, two = make_hook(), make_hook()
    two.status = 500
    both = f" {one.address}\n\t{two.address} "
    assert problems(teller(table(row("a")), TEAM=both).problems) == [
        ("TEAM[2]", "alert_channel_failed")
    ]
    two.status = 200
    assert teller(table(row("a")), TEAM=both).sent == (Sent("TEAM[2]", "a", 1),)
    assert (len(one.got), len(two.got)) == (1, 1)


def test_a_missing_variable_is_a_problem_and_the_others_are_told(
    teller: Teller, hook: Hook
) -> None:
    held = read_channels(["GONE", "HERE"], {"HERE": hook.address, "OTHER": "x"})
    told = teller(table(row("a")), **held)
    assert problems(told.problems) == [("GONE", "alert_channel_missing")]
    assert told.sent == (Sent("HERE", "a", 1),)
    assert problems(teller(table(), **held).problems) == [("GONE", "alert_channel_missing")]


@pytest.mark.parametrize(
    "address", ["T0KEN", "nosuch://T0KEN", "json://", "slack://T0KEN", "mailto://T0KEN", "://"]
)
def test_an_address_apprise_does_not_know_is_a_problem(
    teller: Teller,
    hook: Hook,
    address: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        told = teller(table(row("a")), BAD=address, GOOD=hook)
    assert problems(told.problems) == [("BAD", "alert_channel_unknown")]
    assert told.sent == (Sent("GOOD", "a", 1),)
    assert "T0KEN" not in f"{told}{caplog.text}{capfd.readouterr()}{teller.journal.read_text()}"


def test_no_address_gets_out(
    teller: Teller, make_hook: Callable[[], Hook], caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture,
) -> None:  # fmt: skip
    good, bad = make_hook(), make_hook()
    bad.status = 500
    dead = f"json://user:T0KEN@127.0.0.1:{closed_port()}/T0KEN"
    with caplog.at_level(logging.DEBUG):
        caplog.set_level(logging.DEBUG, "apprise")
        caplog.set_level(logging.DEBUG, "urllib3")
        told = teller(table(row("a")), GOOD=good, BAD=bad, DEAD=dead)
    assert len(told.problems) == 2
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")
    assert "T0KEN" not in f"{told}{caplog.text}{teller.journal.read_text()}"
    assert "127.0.0.1" not in f"{told}{teller.journal.read_text()}"
    assert logging.getLogger("apprise").propagate


def test_ten_in_full_and_the_rest_in_one_list(teller: Teller, hook: Hook) -> None:
    rows = table(*(row(f"n{number}", number) for number in range(1, 14)))
    told = teller(rows, SLACK=hook)
    assert [one.level for one in told.sent] == list(range(13, 0, -1))
    assert len(told.new) == 13
    assert hook.asked == IN_FULL + 1
    assert hook.titles[-1] == "3 more alerts"
    lines = hook.got[-1]["message"].splitlines()
    assert lines[:4] == [
        f'- Source "n{number}" has delivered nothing new' for number in (3, 2, 1)
    ] + [""]
    assert teller(rows, SLACK=hook).sent == ()
    assert hook.asked == IN_FULL + 1


def test_ten_need_no_list(teller: Teller, hook: Hook) -> None:
    teller(table(*(row(f"n{number}") for number in range(IN_FULL))), SLACK=hook)
    assert hook.asked == IN_FULL


def test_a_list_that_does_not_arrive_is_sent_again_alone(teller: Teller, hook: Hook) -> None:
    rows = table(*(row(f"n{number}", number) for number in range(1, 14)))
    hook.breaks_after = IN_FULL
    assert len(teller(rows, SLACK=hook).sent) == IN_FULL
    hook.breaks_after = None
    assert [one.level for one in teller(rows, SLACK=hook).sent] == [3, 2, 1]
    assert not any("more alerts" in title for title in hook.titles)


def test_a_crash_after_a_message_repeats_none_and_loses_no_event(
    teller: Teller, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    from spaceledger.alerts import telling

    append, calls = telling.append, []

    def killed(*given: object) -> None:
        append(*given)  # type: ignore[arg-type]
        calls.append(given)
        if len(calls) == 2:
            raise Killed

    monkeypatch.setattr(telling, "append", killed)
    rows = table(row("a", 3), row("b", 2), row("c", 1))
    with pytest.raises(Killed):
        teller(rows, SLACK=hook)
    monkeypatch.setattr(telling, "append", append)
    told = teller(rows, SLACK=hook)
    assert told.sent == (Sent("SLACK", "c", 1),)
    assert [one.alert_key for one in told.new] == ["a", "b", "c"]
    assert [message["title"].split()[1] for message in hook.got] == ['"a"', '"b"', '"c"']


def test_who_cannot_write_down_does_not_tell(teller: Teller, hook: Hook) -> None:
    teller.journal.mkdir()
    told = teller(table(row("a")), SLACK=hook)
    assert (told.new, told.sent, hook.asked) == ((), (), 0)
    assert problems(told.problems) == [("run", "alert_journal_failed")]


def test_a_disk_that_fills_up_stops_the_telling(
    teller: Teller, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spaceledger.alerts import telling

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(telling, "append", full)
    told = teller(table(row("a"), row("b")), SLACK=hook)
    assert (told.sent, hook.asked) == ((), 1)
    assert problems(told.problems) == [("run", "alert_journal_failed")]
    assert "No space left" in told.problems[0].detail


def test_damage_in_the_journal_is_reported_and_telling_goes_on(teller: Teller, hook: Hook) -> None:
    teller(table(row("a"), row("b")), SLACK=hook)
    lines = teller.journal.read_text().splitlines(keepends=True)
    teller.journal.write_text("".join(["{}\n", *lines[1:]]))
    told = teller(table(row("a"), row("b")), SLACK=hook)
    assert told.sent == (Sent("SLACK", "a", 1),)
    assert problems(told.problems) == [("run", "alert_journal_damaged")]
    assert "in line 1;" in told.problems[0].detail


def test_names_arrive_inert(teller: Teller, hook: Hook) -> None:
    hostile = (
        "<!channel> @everyone <script>alert(1)</script> [x](https://evil.example)\r\nBcc: x@y.com"
    )
    teller(table({**THRESHOLD, "subject": hostile, "scope_arn": hostile}), SLACK=hook)
    sent = json.dumps(hook.got, ensure_ascii=False).replace(PAGES, "")
    for mark in ("<", ">", "@", "[x", "://", "evil.example", "\\r"):
        assert mark not in sent.replace('"attachments": []', ""), mark
    assert "\n" not in hook.titles[0]


def test_the_command_line_does_not_load_what_few_commands_need() -> None:
    unwanted = {"apprise", "pandas", "boto3", "obstore", "prefect"}
    code = f"import sys, spaceledger.cli, spaceledger.alerts; sys.exit(bool({unwanted} & {{*sys.modules}}))"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path.cwd()).returncode == 0
