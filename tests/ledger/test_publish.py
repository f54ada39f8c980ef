"""Crashes, locks and readers: the published build is whole at every instant."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from spaceledger.errors import CheckError, LockedError
from spaceledger.paths import Home
from spaceledger.warehouse import checks, publish
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger

STEPS = ["pull", "copy", "load acme 2026-09", "build", "build core.charge", "check", "report", "publish", "sync", "move", "swap", "prune"]  # fmt: skip


class Stop(BaseException):
    """Stands for a crash at a step."""


def stop_at(name: str):
    def step(current: str) -> None:
        if current == name:
            raise Stop

    return step


def spent(ledger: Ledger) -> Decimal:
    return ledger.query("select sum(effective_cost) from marts.space_spend_daily")[0][0]


@pytest.mark.parametrize("name", STEPS)
def test_a_crash_at_any_step_loses_nothing(ledger: Ledger, name: str) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "1"}])
    first = ledger.run()
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "2"}], assembly="assembly-2")
    with pytest.raises(Stop):
        ledger.run(step=stop_at(name))
    assert spent(ledger) == (2 if name == "prune" else 1)
    again = ledger.run()
    assert spent(ledger) == 2
    assert again.published == (name != "prune")
    assert ledger.query("select count(*) from marts.restatements") == [(1,)]
    builds = {folder.name for folder in (ledger.home / "builds").iterdir()}
    assert builds == {first.build_id, publish.current_build(Home(ledger.home))}
    assert not list(ledger.home.rglob("*.wal"))


def test_a_crash_on_the_first_run_leaves_no_ledger(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    with pytest.raises(Stop):
        ledger.run(step=stop_at("swap"))
    assert not (ledger.home / "ledger.duckdb").exists()
    assert ledger.run().published


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from spaceledger import pipeline
from spaceledger.settings import load_settings
def step(name):
    if name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
pipeline.run(load_settings(Path(sys.argv[1])), as_of=date(2026, 11, 24), step=step)
"""


@pytest.mark.parametrize(
    "name", ["load acme 2026-09", "build core.charge", "report", "move", "swap"]
)
def test_kill_9_leaves_the_old_build_and_the_next_run_mends(ledger: Ledger, name: str) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "1"}])
    ledger.run()
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "2"}], assembly="assembly-2")
    command = [sys.executable, "-c", KILLED, str(ledger.config), name]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert spent(ledger) == 1
    assert ledger.run().published
    assert spent(ledger) == 2
    assert not list((ledger.home / ".work").iterdir())


def test_a_second_run_says_who_holds_the_lock(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    held = pytest.raises(
        LockedError, match=rf"is locked by `spaceledger run`, process {os.getpid()}"
    )
    with publish.locked(Home(ledger.home), "run"), held:
        ledger.run()
    with publish.locked(Home(ledger.home), "run"):
        command = [sys.executable, "-m", "spaceledger", "run", "--config", str(ledger.config)]
        result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert f"process {os.getpid()}" in result.stderr


def test_a_failed_check_publishes_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "1"}])
    ledger.run()
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "2"}], assembly="assembly-2")
    failed = checks.CheckResult("always", "Always fails.", "fail", 1, (("x",),))
    monkeypatch.setattr("spaceledger.steps.run_checks", lambda *_, **__: [failed])
    with pytest.raises(CheckError, match="nothing was published: always: 1 rows"):
        ledger.run()
    assert spent(ledger) == 1


def test_three_builds_are_kept_and_all_carry_their_id(ledger: Ledger) -> None:
    for number in range(5):
        write_cur(
            ledger.bill, "2026-09", [{"space": SPACE, "cost": str(number)}], assembly=f"a-{number}"
        )
        ledger.run()
    assert len(list((ledger.home / "builds").iterdir())) == 3
    current = (ledger.home / "current").resolve()
    with duckdb.connect(str(current / "ledger.duckdb"), read_only=True) as con:
        assert con.execute("select build_id from core.run").fetchall() == [(current.name,)]
    for path in (current / "reports" / "parquet").iterdir():
        assert pq.read_schema(path).metadata[b"build_id"] == current.name.encode()
    assert current.name in (current / "reports" / "html" / "index.html").read_text()
    assert oct((current / "ledger.duckdb").stat().st_mode)[-3:] == "444"


def test_published_as_copies_where_links_do_not_work(ledger: Ledger) -> None:
    ledger.configure('home = "home"\npublish = "copy"\n[[costs]]\nname = "acme"\nuri = "bill"\n')
    for number in (1, 2):
        write_cur(
            ledger.bill, "2026-09", [{"space": SPACE, "cost": str(number)}], assembly=f"a-{number}"
        )
        ledger.run()
        assert spent(ledger) == number
    assert not (ledger.home / "ledger.duckdb").is_symlink()
    assert not (ledger.home / "reports").is_symlink()


OLD_CLIENT = "select count(*) from marts.space_spend_daily"


def test_a_duckdb_1_5_client_opens_the_ledger(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE}])
    ledger.run()
    client = Path(sys.executable).with_name("duckdb")
    version = subprocess.run([client, "--version"], capture_output=True, text=True, check=True)
    assert "1.5.6" in version.stdout
    result = subprocess.run(
        [client, "-readonly", "-csv", "-noheader", ledger.home / "ledger.duckdb", OLD_CLIENT],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "1"


READER = textwrap.dedent("""
    import subprocess, sys, time
    from pathlib import Path
    import duckdb, pyarrow.parquet as pq
    home, client, stop = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    query = "select (select build_id from core.run), (select count(*) from marts.space_spend_daily)"
    held = duckdb.connect(str((home / "current").resolve() / "ledger.duckdb"), read_only=True)
    rounds = 0
    while not stop.exists() or rounds < 3:
        build = (home / "current").resolve()
        with duckdb.connect(str(build / "ledger.duckdb"), read_only=True) as con:
            seen = {con.execute(query).fetchall()[0][0]}
        seen.add(pq.read_schema(build / "reports/parquet/spaces.parquet").metadata[b"build_id"].decode())
        seen |= {build.name} if build.name in (build / "reports/html/index.html").read_text() else {"html"}
        assert seen == {build.name}, seen
        assert held.execute(query).fetchall()
        answer = subprocess.run([client, "-readonly", "-csv", "-noheader", home / "ledger.duckdb", query],
                                capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        rounds += 1
    print(rounds)
""")


def test_readers_loop_through_twenty_publishes_without_an_error(
    ledger: Ledger, tmp_path: Path
) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "0.5"}])
    ledger.run()
    stop = tmp_path / "stop"
    client = str(Path(sys.executable).with_name("duckdb"))
    command = [sys.executable, "-c", READER, str(ledger.home), client, str(stop)]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        for number in range(20):
            write_cur(
                ledger.bill,
                "2026-09",
                [{"space": SPACE, "cost": str(number)}],
                assembly=f"a-{number}",
            )
            assert ledger.run().published
    finally:
        stop.touch()
        out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err
    assert int(out) >= 3
