"""Pages of a large estate: the report step, what the first view loads, and how long a filter takes.

`python -m bench.pages NAME FOLDER` is one part in a process of its own; it prints a line of JSON. The
baseline is plotly's own `write_html`: one daily chart a space, made of rows that were read before. In the
browser it is the one chart that the summary opens with, as such a page.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import visits
from bench.estate import AS_OF, SPACES, make_estate
from bench.visits import PLOTLY

SAMPLE = 50
LIMITS = {
    "seconds": 60, "peak_mb": 2_000, "summary_kb": 1_000, "summary_seconds": 2, "space_kb": 300,
}  # fmt: skip
Answer = dict[str, Any]


def main(out: Path) -> None:
    """Prints the figures, with verdicts and ratios."""
    folder = out / "estate"
    make_estate(folder)
    print(f"\npages of {SPACES:,} spaces over 24 months, with a trail of 92 days", flush=True)
    _one("build", folder)
    made, plotly = _one("report", folder), _one("plotly", folder)
    told = _verdict("seconds", made["seconds"]), _verdict("peak_mb", made["peak_mb"])
    print(f"  report step  {made['seconds']:6.1f} s ({told[0]}), peak {made['peak_mb']:,.0f} MB ({told[1]});"
          f" {made['files']:,} files, {made['mb']:,.0f} MB")  # fmt: skip
    print(
        "               "
        + ", ".join(f"{key} {value:.1f} s" for key, value in made["parts"].items())
    )
    print(f"  plotly's write_html, one daily chart a space, {SAMPLE} made, {SPACES:,} counted:"
          f" {plotly['seconds']:.1f} s, {plotly['mb']:,.0f} MB;"
          f" the whole report takes {made['seconds'] / plotly['seconds']:.2f} x as long,"
          f" {made['mb'] / plotly['mb']:.2f} x the bytes", flush=True)  # fmt: skip
    if not visits.can_browse():
        print("  no chromium or no playwright: what a browser does is not measured")
        return
    _show(_one("browse", folder))


def _show(seen: Answer) -> None:
    summary, plain = seen["pages"]["index.html"], seen["plotly"]
    space = seen["pages"]["a space"]
    print(f"  summary      {summary['kb']:6,.0f} kB besides plotly ({_verdict('summary_kb', summary['kb'])}),"
          f" drawn in {summary['seconds']:.2f} s ({_verdict('summary_seconds', summary['seconds'])});"
          f" plotly's page of its first chart {plain['kb']:,.0f} kB, {plain['seconds']:.2f} s:"
          f" {summary['seconds'] / plain['seconds']:.2f} x as long")  # fmt: skip
    print(f"               the largest: {summary['largest']}")
    print(f"  a space      {space['kb']:6,.0f} kB besides plotly ({_verdict('space_kb', space['kb'])}),"
          f" drawn in {space['seconds']:.2f} s")  # fmt: skip
    for name, page in seen["pages"].items():
        if name not in {"index.html", "a space"}:
            print(f"  {name:16} {page['kb']:6,.0f} kB, drawn in {page['seconds']:.2f} s")
    for name, change in seen["changes"].items():
        print(f"  then {name:23} {change['seconds']:.2f} s, {change['kb']:6,.0f} kB more")
    if seen["faults"]:
        print(f"  FAULTS: {seen['faults']}")


def _verdict(name: str, value: float) -> str:
    return f"at most {LIMITS[name]:,}: {'met' if value <= LIMITS[name] else 'MISSED'}"


def _one(name: str, folder: Path) -> Answer:
    command = [sys.executable, "-m", "bench.pages", name, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answer: Answer = json.loads(done.stdout.splitlines()[-1])
    return answer


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(folder: Path) -> Answer:
    """A work database that is built and not reported on."""
    from spaceledger import pipeline
    from spaceledger.settings import load_settings

    shutil.rmtree(folder / "home", ignore_errors=True)
    settings = load_settings(folder / "spaceledger.toml")
    if pipeline.load(settings).problems:
        raise AssertionError("the estate is not read without a problem")
    pipeline.build(settings, as_of=AS_OF)
    return {}


def report(folder: Path) -> Answer:
    """The report step alone; its largest parts are timed inside it."""
    from spaceledger import pipeline, reports, steps
    from spaceledger.settings import load_settings

    parts: dict[str, float] = {}

    def timed(owner: Any, name: str, label: str) -> None:
        function = getattr(owner, name)

        def call(*given: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                parts[label] = parts.get(label, 0) + time.perf_counter() - began

        setattr(owner, name, call)

    timed(steps, "export_parquet", "Parquet")
    timed(steps, "read_panels", "queries")
    timed(reports, "write_reports", "pages")
    settings = load_settings(folder / "spaceledger.toml")
    began = time.perf_counter()
    made = pipeline.report(settings) / "html"
    seconds = time.perf_counter() - began
    files = [path for path in made.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files if path.name != PLOTLY)
    return {
        "seconds": seconds,
        "peak_mb": _peak(),
        "parts": parts,
        "files": len(files),
        "mb": size / 1e6,
    }


def _html(folder: Path) -> Path:
    """The pages of the latest report."""
    return max((folder / "home" / ".work").glob("*/reports/html"))


def _charts(folder: Path, where: str, by: str) -> Iterator[list[tuple[str, list, list]]]:
    """Daily amounts of the days pages show, a chart for each space of a sample or one of all together."""
    import duckdb

    query = f"""
        select space_arn, usage_date, {by} as series, sum(effective_cost)::double as cost
        from marts.space_spend_daily
        where usage_date >= date '{AS_OF}' - 112 and space_arn is not null and {where}
        group by all order by all
    """
    with duckdb.connect(str(_html(folder).parents[1] / "ledger.duckdb"), read_only=True) as con:
        rows = con.execute(query).fetchall()
    charts: dict[str, dict[str, tuple[list, list]]] = {}
    for space, day, series, cost in rows:
        xs, ys = charts.setdefault(space if by == "spend_category" else "", {}).setdefault(
            series, ([], [])
        )
        xs.append(day)
        ys.append(cost)
    for chart in charts.values():
        yield [(name, xs, ys) for name, (xs, ys) in chart.items()]


def _figure(lines: list[tuple[str, list, list]]) -> Any:
    from plotly import graph_objects as go

    bars = [go.Bar(name=name, x=xs, y=ys) for name, xs, ys in lines]
    return go.Figure(bars, {"barmode": "stack"})


def plotly(folder: Path) -> Answer:
    """What it takes to write as many pages of one chart each with plotly's own writer."""
    out = folder / "plotly"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    charts = list(_charts(folder, f"hash(space_arn) % {SPACES // SAMPLE} = 0", "spend_category"))
    began = time.perf_counter()
    for number, lines in enumerate(charts):
        _figure(lines).write_html(out / f"{number}.html", include_plotlyjs="directory")
    seconds = (time.perf_counter() - began) * SPACES / len(charts)
    size = sum(path.stat().st_size for path in out.glob("*.html")) * SPACES / len(charts)
    dearest = (
        "space_arn in (select space_arn from marts.space_spend_daily where space_arn is not null"
        " group by space_arn order by sum(effective_cost) desc limit 10)"
    )
    [lines] = _charts(folder, dearest, "space_arn")
    _figure(lines).write_html(out / "summary.html", include_plotlyjs="directory")
    return {"seconds": seconds, "mb": size / 1e6}


def browse(folder: Path) -> Answer:
    """What the pages do in Chromium."""
    return visits.browse(_html(folder), folder / "plotly" / "summary.html")


PARTS: dict[str, Callable[[Path], Answer]] = {
    "build": build, "report": report, "plotly": plotly, "browse": browse,
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](Path(sys.argv[2]))))
