"""Every command as people call it: help with an example, one-line errors, exit codes, lone steps."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from spaceledger.cli import main
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger

COMMANDS = [
    "run", "pull", "load", "build", "check", "report", "publish", "sql", "models", "doctor",
    "iam-policy", "sample", "chargeback", "alert", "backtest",
]  # fmt: skip


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_commands_are_those_of_the_contract() -> None:
    assert sorted(main.commands) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_and_an_example(name: str) -> None:
    command = main.commands[name]
    assert isinstance(command, click.Command)
    assert (command.epilog or "").startswith(f"Example: spaceledger {name}")
    answer = call(name, "--help")
    assert answer.exit_code == 0
    assert f"Example: spaceledger {name}" in " ".join(answer.output.split())


def test_lone_steps_end_where_a_whole_run_does(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}, {"product": "AmazonS3"}])
    config = ("--config", str(ledger.config))
    assert "0 files" not in call("pull", *config).output
    loaded = call("load", *config)
    assert loaded.exit_code == 0
    assert "loaded acme 2026-09: 2 rows, 1 in the ledger" in loaded.output
    assert "built 2026-09 (delivery)" in call("build", *config, "--as-of", "2026-10-01").output
    assert not ledger.home.joinpath("current").exists()
    checked = call("check", *config)
    assert checked.exit_code == 0
    assert "ok: marts.space_spend_daily__grain_is_unique" in checked.output
    assert call("report", *config).exit_code == 0
    published = call("publish", *config)
    assert published.exit_code == 0
    assert "difference 0" in published.output
    assert ledger.query("select sum(effective_cost)::varchar from marts.space_spend_daily") == [
        ("5.000000000000",)
    ]
    assert "Nothing new" in call("run", *config, "--as-of", "2026-10-01").output


def test_a_second_load_starts_from_the_published_ledger(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "5"}])
    ledger.run()
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "8"}], assembly="assembly-2")
    config = ("--config", str(ledger.config))
    for step in ("load", "build", "load", "build", "build", "report", "publish"):
        assert call(step, *config).exit_code == 0, step
    assert ledger.query("select effective_cost_before::int, effective_cost_after::int"
                        " from marts.restatements") == [(5, 8)]  # fmt: skip


@pytest.mark.parametrize(
    ("step", "first"), [("check", "build"), ("report", "build"), ("publish", "build")]
)
def test_a_step_too_early_says_which_comes_first(ledger: Ledger, step: str, first: str) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    call("load", "--config", str(ledger.config))
    answer = call(step, "--config", str(ledger.config))
    assert answer.exit_code == 1
    assert f"run `spaceledger {first}` first" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_publish_waits_for_the_report(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    for step in ("load", "build"):
        call(step, "--config", str(ledger.config))
    answer = call("publish", "--config", str(ledger.config))
    assert answer.exit_code == 1
    assert "run `spaceledger report` first" in answer.stderr


def test_check_reads_the_published_ledger_where_nothing_is_unfinished(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    ledger.run()
    before = sorted(path.name for path in ledger.home.iterdir())
    answer = call("check", "--config", str(ledger.config))
    assert answer.exit_code == 0
    assert sorted(path.name for path in ledger.home.iterdir()) == before


def test_a_held_back_input_exits_3_and_says_so(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    broken = write_cur(ledger.bill, "2026-10", [{"space": SPACE}])
    broken.write_bytes(broken.read_bytes()[:-9])
    answer = call("run", "--config", str(ledger.config))
    assert answer.exit_code == 3
    assert "broken_file" in answer.stderr
    assert "dashboards: " in answer.stdout


def test_errors_are_one_line_and_usage_exits_2(ledger: Ledger) -> None:
    ledger.config.write_text("home = 1\n")
    answer = call("run", "--config", str(ledger.config))
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert call("run", "--as-of", "yesterday", "--config", str(ledger.config)).exit_code == 2
    assert call("frobnicate").exit_code == 2


def test_doctor_says_what_to_do(ledger: Ledger, tmp_path: Path) -> None:
    config = ("--config", str(ledger.config))
    nothing = call("doctor", *config)
    assert nothing.exit_code == 1
    assert "fault: acme:" in nothing.output
    assert "note: ledger: nothing is published yet - run `spaceledger run`" in nothing.output
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "day": "2026-09-03"}])
    ledger.run()
    answer = call("doctor", *config)
    assert "ok: acme: 1 deliveries of 2026-09 to 2026-09" in answer.output
    assert "ok: sagemaker:space-arn: on 1 lines of the newest month" in answer.output
    assert (
        "note: sagemaker:domain-arn: on no line of the newest month - activate it" in answer.output
    )
    assert "fault: freshness: usage ends on 2026-09-03" in answer.output


def test_iam_policy_is_json_or_nothing(ledger: Ledger) -> None:
    config = ("--config", str(ledger.config))
    assert call("iam-policy", *config).stdout == ""
    ledger.configure('home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://bills/cur"\n')
    assert json.loads(call("iam-policy", *config).stdout)["Version"] == "2012-10-17"


def test_iam_policy_of_each_identity(ledger: Ledger) -> None:
    role = "arn:aws:iam::210987654321:role/payer"
    ledger.configure(
        f'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://bills/cur"\nrole_arn = "{role}"\n'
    )
    config = ("--config", str(ledger.config))
    own = call("iam-policy", *config)
    assert [each["Action"] for each in json.loads(own.stdout)["Statement"]] == [["sts:AssumeRole"]]
    assert f"spaceledger iam-policy --role {role}" in own.stderr
    key = "arn:aws:kms:us-east-1:210987654321:key/1"
    theirs = call("iam-policy", *config, "--role", role, "--kms-key", key)
    sids = [each["Sid"] for each in json.loads(theirs.stdout)["Statement"]]
    assert sids == ["List1", "Read1", "Decrypt", "Billing", "Exports"]
    assert theirs.stderr == ""
    nobody = call("iam-policy", *config, "--profile", "nobody")
    assert (nobody.exit_code, nobody.stdout, nobody.stderr.count("\n")) == (1, "", 1)
    assert call("iam-policy", *config, "--kms-key", "alias/x").exit_code == 2
