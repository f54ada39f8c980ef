"""Renders pages: Jinja2 with autoescape, chart data in `.js` files beside the pages, no inline script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from spaceledger.paths import dashboards_dir
from spaceledger.reports import values, words
from spaceledger.reports.build import Build
from spaceledger.reports.pages import pages
from spaceledger.reports.panels import NUMBERS, Page

_SCRIPTS_AND_STYLES = ("app.js", "style.css")


def write_reports(
    marts: Mapping[str, pa.Table], out: Path, *, templates: Path | None = None
) -> list[Path]:
    """Writes every page of a build below `out`; the same tables give the same bytes.

    `marts` holds each mart by name, and `run`, the one row of `core.run`. Returns the pages.
    """
    build = Build(marts)
    folder = templates or dashboards_dir()
    environment = _environment(folder)
    _write_assets(folder, out / "assets")
    # A page of a space that is gone must not outlive it.
    for old in [*(out / "spaces").glob("*.html"), *(out / "spaces").glob("*.js")]:
        old.unlink()
    return [_write_page(environment, build, page, out) for page in pages(build)]


@cache
def _environment(folder: Path) -> Environment:
    """Compiled once; templates that change are read again."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(shown=_shown, exact=values.exact)
    return environment


def _visible(value: Any) -> Any:
    """Every text on a page comes through here; what templates made themselves is left alone."""
    return (
        values.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )


def _shown(value: Any, kind: str) -> str:
    if value is None or value == "":
        return "–" if value is None and kind in NUMBERS else ""
    formats: Mapping[str, Any] = {
        "money": values.money,
        "exact": values.exact,
        "share": values.ratio,
        "change": values.change,
        "count": values.count,
    }
    return str(formats.get(kind, str)(value))


def _write_assets(folder: Path, assets: Path) -> None:
    assets.mkdir(parents=True, exist_ok=True)
    (assets / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8", newline="")
    for name in _SCRIPTS_AND_STYLES:
        (assets / name).write_bytes((folder / name).read_bytes())


def _write_page(environment: Environment, build: Build, page: Page, out: Path) -> Path:
    target = out / page.path
    target.parent.mkdir(parents=True, exist_ok=True)
    data = target.with_suffix(".js")
    charts = {name: figure.to_plotly_json() for name, figure in page.charts.items()}
    data.write_text(f"window.spaceledgerCharts = {script_json(charts)};\n", encoding="utf-8")
    period = max((found for c in build.currencies if (found := build.period(c))), default=None)
    html = environment.get_template(page.template).render(
        page=page,
        root="../" * page.path.count("/"),
        data_file=data.name,
        run=build.run,
        measure=words.MEASURES[build.measure],
        data_through=build.data_through,
        period=values.month(period) if period else None,
        period_status=build.statuses.get(period or "", "unknown"),
        status_words=words.STATUSES,
    )
    target.write_text(html, encoding="utf-8")
    return target


def script_json(value: object) -> str:
    """JSON that is inert inside a script file, whatever it holds."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
