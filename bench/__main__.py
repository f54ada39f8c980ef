"""`make bench`: ratios against named baselines in one run, with peak memory; PARTS names its parts.

Each contender is a process of its own; the best of some tries counts, taken in turns, because the
machine is noisy. Bills are made once, in `bench/out`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import budgets, crashes, pages, pulls, reruns, trails

OUT = Path(__file__).resolve().parent / "out"
PARTS = ("loads", "trails", "reruns", "budgets", "pages", "pulls", "crashes")
Result = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    options = parser.parse_args()
    if options.only in {None, "loads"}:
        loads(options.lines, options.tries)
    if options.only in {None, "trails"}:
        trails.main(OUT, options.tries)
    if options.only in {None, "reruns"}:
        reruns.main(OUT, options.tries)
    if options.only in {None, "budgets"}:
        budgets.main(OUT)
    if options.only in {None, "pages"}:
        pages.main(OUT)
    if options.only in {None, "pulls"}:
        pulls.main(OUT)
    if options.only in {None, "crashes"}:
        crashes.main(OUT)


def loads(sizes: list[int], tries: int) -> None:
    """First runs on bills of some sizes, against a bare scan and the script of an analyst."""
    for lines in sizes:
        for style in ("parquet", "csv"):
            print(f"\n{style}, {lines:,} lines, 150 columns, 5 % in scope", flush=True)
            files = run("bench.generate", style, str(lines), str(OUT / f"{style}-{lines}"))
            show(measure(style, [Path(line) for line in files], tries))


def measure(style: str, files: list[Path], tries: int) -> dict[str, Result]:
    """The fastest try of each contender, with the highest peak of memory any try needed."""
    best: dict[str, Result] = {}
    for _ in range(tries):
        for name in (f"bare {style}", f"pandas {style}", "ledger"):
            home = next(p for p in files[0].parents if p.parent.parent == OUT)
            shutil.rmtree(home.parent / f"home-{home.name}", ignore_errors=True)
            result = contender(name, files)
            before = best.get(name, result)
            faster = min(before, result, key=lambda r: float(r["seconds"]))
            best[name] = faster | {"peak_mb": max(before["peak_mb"], result["peak_mb"])}
    return best


def contender(name: str, files: list[Path]) -> Result:
    """One try in a fresh process."""
    result: Result = json.loads(run("bench.contenders", name, *map(str, files))[-1])
    return result


def run(module: str, *words: str) -> list[str]:
    """The lines a module prints, run by itself."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=OUT.parent.parent
    )
    return done.stdout.splitlines()


def show(best: dict[str, Result]) -> None:
    """Prints the contenders, and the ratios the product is judged by."""
    bare, pandas, ledger = best.values()
    for name, result in best.items():
        print(f"  {name:15} {result['seconds']:8.2f} s {result['peak_mb']:8.0f} MB")
    load = ledger["load_seconds"]
    print(f"  load            {load:8.2f} s = {load / bare['seconds']:.2f} x bare scan;"
          f" pandas takes {pandas['seconds'] / load:.2f} x as long")  # fmt: skip
    print(f"  memory          {ledger['peak_mb'] / pandas['peak_mb']:8.2f} of pandas'")
    fixed = {name: ledger[f"{name}_seconds"] for name in ("build", "check", "report", "publish")}
    print("  after the load  " + ", ".join(f"{name} {s:.2f} s" for name, s in fixed.items()))
    gap = abs(ledger["effective"] - pandas["effective"])
    print(f"  effective cost differs from pandas' floats by {gap:.1e}")


if __name__ == "__main__":
    main()
