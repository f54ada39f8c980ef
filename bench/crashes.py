"""Twenty real `kill -9` of `spaceledger run`: the old build stands, and the next run ends right.

Each run has a new delivery to take in. An undisturbed home takes it in first, which shows how long each
step lasts now and what the marts must hold; then a run of the other home is killed at a random moment
of one of its steps. The product tells its steps on a terminal only, so its standard error is one.
"""

from __future__ import annotations

import os
import pty
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from bench.generate import deliver_again, parquet_bill
from bench.reruns import AS_OF, write_config

KILLS, LINES, PERIOD, SEED = 20, 20_000, "2026-08", 9
STEPS = ("start", "pull", "copy", "load", "build", "check", "report", "publish", "sync")
# From the swap on the new build may stand already: such a kill comes too late, and another is tried.
LATE = ("swap", "prune")
ORDER = (*STEPS, "move", *LATE)
MARTS = ("marts.space_spend_daily", "marts.bill_reconciliation")
_PROGRAM = str(Path(sys.executable).with_name("spaceledger"))


@dataclass
class Run:
    """A run that was watched: when each step began, in seconds, how long it all took, how it ended."""

    marks: dict[str, float] = field(default_factory=lambda: {"start": 0.0})
    seconds: float = 0.0
    code: int = 0
    said: str = ""

    @property
    def last_step(self) -> str:
        return list(self.marks)[-1]

    def length(self, step: str) -> float:
        """How long a step lasted."""
        later = [moment for moment in self.marks.values() if moment > self.marks[step]]
        return min(later, default=self.seconds) - self.marks[step]


@dataclass(frozen=True)
class Held:
    """What a published ledger holds, read as a reader does."""

    build_id: str
    marts: tuple[list[tuple[object, ...]], ...]


@dataclass(frozen=True)
class Home:
    """A home and its configuration file."""

    root: Path
    config: Path

    @classmethod
    def under(cls, folder: Path, name: str) -> Home:
        home = folder / name
        return cls(home, write_config(folder / f"{name}.toml", home, folder / "export"))

    def held(self) -> Held | None:
        """What readers find; None where they cannot open it or it is not the current build."""
        try:
            with duckdb.connect(str(self.root / "ledger.duckdb"), read_only=True) as con:
                build_id = con.execute("select build_id from core.run").fetchall()[0][0]
                marts = tuple(
                    con.execute(f"select * from {mart} order by all").fetchall() for mart in MARTS
                )
        except (duckdb.Error, IndexError) as error:
            print(f"  {self.root}: {error}", flush=True)
            return None
        is_current = (self.root / "current").resolve().name == build_id
        return Held(build_id, marts) if is_current else None


@dataclass
class Score:
    """How kills went."""

    hits: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    stood: int = 0
    ended_well: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, killed: Run, *, stands: bool, ends_well: bool) -> None:
        where = f"killed in {killed.last_step} after {killed.seconds:.2f} s"
        self.hits[killed.last_step] += 1
        self.seconds.append(killed.seconds)
        self.stood += stands
        self.ended_well += ends_well
        self.failures += [] if stands else [f"{where}: the old build does not stand"]
        self.failures += [] if ends_well else [f"{where}: the next run did not end right"]

    def show(self, expected: int) -> None:
        steps = ", ".join(f"{step} {self.hits[step]}" for step in ORDER if step in self.hits)
        print(f"  {len(self.seconds)} of {expected} struck between {min(self.seconds):.2f} and"
              f" {max(self.seconds):.2f} s after the start, in: {steps}")  # fmt: skip
        print(f"  {self.stood} old builds opened read-only, unchanged;"
              f" {self.ended_well} next runs ended well, with the marts of an undisturbed home")  # fmt: skip


def main(out: Path) -> None:
    """Raises where any ledger, next run or mart is not as it must be, after all kills."""
    folder = out / "crashes"
    shutil.rmtree(folder, ignore_errors=True)
    parquet_bill(folder, LINES, PERIOD)
    disturbed, calm = (Home.under(folder, name) for name in ("killed", "undisturbed"))
    print(f"\n{KILLS} kills -9 of a run on {LINES:,} lines, seed {SEED}", flush=True)
    for home in (disturbed, calm):
        _well(watch(home.config))
    chance = random.Random(SEED)
    aims = [STEPS[number % len(STEPS)] for number in range(KILLS)]
    chance.shuffle(aims)
    score, too_late = Score(), Score()
    while aims:
        deliver_again(folder, PERIOD)
        usual = _well(watch(calm.config))
        old, right = disturbed.held(), calm.held()
        if not old or not right or old.marts == right.marts:
            raise AssertionError("no ledger to begin with, or the delivery altered nothing")
        wait = chance.random() * usual.length(aims[0])
        killed = watch(disturbed.config, aims[0], wait)
        is_late = killed.code != -signal.SIGKILL or killed.last_step in LATE
        found = disturbed.held()
        stands = found == old or (is_late and found is not None and found.marts == right.marts)
        code, then = watch(disturbed.config).code, disturbed.held()
        ends_well = code == 0 and then is not None and then.marts == right.marts
        if not is_late:
            aims.pop(0)
        (too_late if is_late else score).add(killed, stands=stands, ends_well=ends_well)
        if len(too_late.seconds) > KILLS:
            raise AssertionError("more than twenty runs ended before their kill")
    score.show(KILLS)
    if too_late.seconds:
        print(f"  {len(too_late.seconds)} more struck at or after the swap; of these"
              f" {too_late.stood} left the old or the new build whole,"
              f" {too_late.ended_well} next runs ended right")  # fmt: skip
    if score.failures or too_late.failures:
        raise AssertionError("; ".join(score.failures + too_late.failures))


def watch(config: Path, aim: str | None = None, wait: float = 0.0) -> Run:
    """A run in its own session, killed `wait` seconds after the step `aim` began, where one is given."""
    command = [_PROGRAM, "run", "--config", str(config), "--as-of", AS_OF]
    ours, theirs = pty.openpty()
    done = Run()
    began = time.perf_counter()
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs,
        start_new_session=True, env=os.environ | {"TERM": "dumb", "COLUMNS": "200"},
    )  # fmt: skip
    os.close(theirs)
    unread = b""
    while True:
        due = began + done.marks[aim] + wait - time.perf_counter() if aim in done.marks else None
        if not select.select([ours], [], [], None if due is None else max(due, 0))[0]:
            os.killpg(child.pid, signal.SIGKILL)
            aim = None
            continue
        try:
            unread += os.read(ours, 65536)
        except OSError:  # The terminal ends with the last process that holds it.
            break
        *lines, unread = unread.split(b"\n")
        for line in lines:
            if line.startswith(b"  "):
                done.marks.setdefault(line.split()[0].decode(), time.perf_counter() - began)
            else:
                done.said += line.decode()
    os.close(ours)
    done.code = child.wait()
    done.seconds = time.perf_counter() - began
    return done


def _well(run: Run) -> Run:
    if run.code:
        raise AssertionError(f"an undisturbed run ended with {run.code}: {run.said}")
    return run


if __name__ == "__main__":
    main(Path(__file__).resolve().parent / "out")
