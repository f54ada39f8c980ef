"""Renders pages: Jinja2 with autoescape, chart data in `.js` files beside the pages, no inline script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from plotly.offline import get_plotlyjs

from spaceledger.paths import dashboards_dir
from spaceledger.reports import values
from spaceledger.reports.pages import Marts, Page, data_through, pages, read


def write_reports(tables: Mapping[str, pa.Table], out: Path) -> list[Path]:
    """Writes every page of a build below `out`; the same tables give the same bytes.

    `tables` holds each mart by name, and `run`, the one row of `core.run`. Returns the pages.
    """
    marts = read(tables)
    environment = Environment(
        loader=FileSystemLoader(dashboards_dir()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(money=values.money, exact=values.exact, percent=values.percent)
    _write_assets(out)
    return [_write_page(environment, marts, page, out) for page in pages(marts)]


def _write_assets(out: Path) -> None:
    assets = out / "assets"
    assets.mkdir(parents=True)
    (assets / "plotly.min.js").write_text(get_plotlyjs(), encoding="utf-8")
    for name in ("app.js", "style.css"):
        (assets / name).write_bytes((dashboards_dir() / name).read_bytes())


def _write_page(environment: Environment, marts: Marts, page: Page, out: Path) -> Path:
    target = out / page.path
    target.parent.mkdir(parents=True, exist_ok=True)
    data = target.with_suffix(".js")
    charts = {name: json.loads(figure.to_json()) for name, figure in page.charts.items()}
    data.write_text(f"window.spaceledgerCharts = {_script_json(charts)};\n", encoding="utf-8")
    html = environment.get_template(page.template).render(
        title=page.title,
        root="../" * page.path.count("/"),
        data_file=data.name,
        run=marts.run,
        measure=values.MEASURES[marts.measure],
        measure_column=marts.measure,
        data_through=data_through(marts["deliveries"]),
        **page.context,
    )
    target.write_text(html, encoding="utf-8")
    return target


def _script_json(value: object) -> str:
    """JSON that is inert inside a script file, whatever it holds."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
