"""Runs on a ledger that stands: with nothing new, and with one month of twelve delivered again.

`python -m bench.reruns EXPORT HOME` is one timed run in a process of its own; it prints a line of JSON.
Runs here go by the real clock: a ledger that says it was loaded before its files were written trusts no
modification time and hashes every file again.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.contenders import timed_run
from bench.generate import deliver_again, parquet_bill

AS_OF = "2026-09-01"
LINES, LINES_PER_MONTH = 1_000_000, 200_000
MONTHS = [f"2025-{month:02d}" for month in range(9, 13)]
MONTHS += [f"2026-{month:02d}" for month in range(1, 9)]
REPLACED = MONTHS[6]
PARTS = ("load", "build", "check", "report", "publish")
_PROGRAM = str(Path(sys.executable).with_name("spaceledger"))


def main(out: Path, tries: int) -> None:
    nothing_new(out / f"parquet-{LINES}", tries)
    one_month_of_twelve(out)


def nothing_new(folder: Path, tries: int) -> None:
    """Times whole processes, in turns, as the machine is noisy."""
    print(f"\nnothing new, {LINES:,} lines of Parquet in the ledger, best of {tries}", flush=True)
    parquet_bill(folder, LINES)
    home = folder / "home-reruns"
    shutil.rmtree(home, ignore_errors=True)
    config = write_config(folder / "nothing-new.toml", home, folder / "export")
    command = [_PROGRAM, "run", "--config", str(config), "--as-of", AS_OF]
    subprocess.run(command, check=True, capture_output=True)
    build = (home / "current").readlink()
    rounds = [(_seconds(command), _seconds([_PROGRAM, "--version"])) for _ in range(tries)]
    whole, start = map(min, zip(*rounds, strict=True))
    if (home / "current").readlink() != build or any((home / ".work").glob("*")):
        raise AssertionError(f"a run with nothing new made a build: {home}")
    print(f"  spaceledger run        {whole:8.2f} s, no new build")
    print(f"  spaceledger --version  {start:8.2f} s, the start of a process: the same imports")
    print(f"  beyond process start   {whole - start:8.2f} s")


def write_config(path: Path, home: Path, export: Path) -> Path:
    """A configuration file of one home and one export."""
    path.write_text(
        f"home = {json.dumps(str(home))}\n[[costs]]\nname = 'bench'\n"
        f"uri = {json.dumps(str(export))}\n"
    )
    return path


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def one_month_of_twelve(out: Path) -> None:
    """A first run of one month, one of twelve, then one month of the twelve delivered again."""
    print(f"\none month of twelve, {LINES_PER_MONTH:,} lines each, Parquet", flush=True)
    one, twelve = out / "month", out / "months"
    parquet_bill(one, LINES_PER_MONTH, REPLACED)
    for period in MONTHS:
        parquet_bill(twelve, LINES_PER_MONTH, period)
    for folder in (one, twelve):
        shutil.rmtree(folder / "home", ignore_errors=True)
    single = _show("one month, first run", _apart(one))
    dozen = _show("twelve, first run", _apart(twelve))
    deliver_again(twelve, REPLACED)
    replace = _show("one replaced", _apart(twelve))
    if list(replace["periods"]) != [REPLACED]:
        raise AssertionError(f"{REPLACED} was delivered, rebuilt were {replace['periods']}")
    print(f"  replacing one month takes {replace['seconds'] / single['seconds']:.2f} x the first run"
          f" of one month, {replace['seconds'] / dozen['seconds']:.2f} x that of twelve")  # fmt: skip


def _apart(folder: Path) -> dict[str, Any]:
    """One timed run in a fresh process."""
    words = [str(folder / "export"), str(folder / "home")]
    command = [sys.executable, "-m", "bench.reruns", *words]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=root)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _show(name: str, result: dict[str, Any]) -> dict[str, Any]:
    parts = ", ".join(f"{part} {result[f'{part}_seconds']:.2f}" for part in PARTS)
    rest = result["seconds"] - sum(result[f"{part}_seconds"] for part in PARTS)
    print(f"  {name:20} {result['seconds']:7.2f} s: {parts}, before the load {rest:.2f}")
    rebuilt = ", ".join(f"{period} ({cause})" for period, cause in result["periods"].items())
    built = rebuilt if len(result["periods"]) < 3 else f"{len(result['periods'])} periods"
    print(f"  {'':20} loaded {result['loaded']:,} lines; rebuilt {built};"
          f" wrote {sum(result['written'].values()):,} rows,"
          f" {result['written']['core.charge']:,} of them charges", flush=True)  # fmt: skip
    return result


def _one_run() -> None:
    import spaceledger.pipeline  # noqa: F401 - the start of a process is not timed

    export, home = sys.argv[1:]
    began = time.perf_counter()
    outcome, seconds = timed_run(Path(export), Path(home), datetime.now(UTC))
    whole = time.perf_counter() - began
    assert outcome.built
    print(json.dumps({
        "seconds": whole, **seconds, "loaded": sum(row.row_count for row in outcome.loaded),
        "periods": outcome.built.periods, "written": outcome.built.rows_written,
    }))  # fmt: skip


if __name__ == "__main__":
    _one_run()
