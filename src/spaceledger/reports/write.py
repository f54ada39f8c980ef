"""Writes a report: pages, the rows they show as script files beside them, and what all of them share."""

from __future__ import annotations

import re
import shutil
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
from plotly.offline import get_plotlyjs

from spaceledger.errors import ModelError
from spaceledger.paths import dashboards_dir
from spaceledger.reports.encode import Column, columns_of, encoded, script_json, spans
from spaceledger.reports.site import OF_SPACE, Site, environment, read_site, script_of, style_of
from spaceledger.reports.vendor import datatables_script

_SAFE_SHARD = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")
_FOLDERS = ("assets", "data", "spaces")


@dataclass(frozen=True)
class Dataset:
    """The rows of one query for pages; cut by a column into files, one per value, or whole."""

    name: str
    shard: str | None
    rows: pa.Table


def write_reports(
    datasets: Iterable[Dataset], out: Path, *, templates: Path | None = None
) -> list[Path]:
    """Writes every page of a build below `out`; the same rows give the same bytes. Returns the pages.

    `datasets` are those of `sql/panels/`; among them `build` (one row), `spaces`, `notices` and
    `period_statuses`, which every page needs. Raises ModelError where rows cannot be cut as they say.
    """
    site = read_site(templates or dashboards_dir())
    # A page of a space that is gone must not outlive it.
    for name in _FOLDERS:
        shutil.rmtree(out / name, ignore_errors=True)
        (out / name).mkdir(parents=True)
    made = _Report(site, list(datasets))
    _write(out / "assets" / "plotly.min.js", get_plotlyjs())
    _write(out / "assets" / "datatables.js", datatables_script())
    _write(out / "assets" / "app.js", script_of(site))
    _write(out / "assets" / "style.css", style_of(site))
    for path, text in made.files():
        _write(out / path, text)
    return [_write(out / path, text) for path, text in made.pages()]


def write_single_file(
    datasets: Iterable[Dataset], target: Path, *, templates: Path | None = None
) -> Path:
    """Writes all pages with their rows and scripts as one HTML file that can be mailed."""
    site = read_site(templates or dashboards_dir())
    made = _Report(site, list(datasets))
    files = "".join(text for _, text in made.files(is_single=True))
    scripts = [get_plotlyjs(), datatables_script(), script_of(site), files]
    # No script may end its element early, or open a comment that hides its end.
    for told in ("</script", "<!--"):
        scripts = [script.replace(told, rf"\x3c{told[1:]}") for script in scripts]
    draw = environment(site.folder).get_template("single.html").render
    text = draw(
        **made.shared(),
        page=None,
        root="",
        style=style_of(site),
        scripts=scripts,
        hashes=[_digest(script) for script in scripts],
    )
    return _write(target, text)


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()


class _Report:
    """The files of one report, as paths and texts."""

    def __init__(self, site: Site, datasets: Sequence[Dataset]) -> None:
        self.site = site
        self.datasets = {each.name: each for each in datasets}
        self.spaces = self.datasets["spaces"].rows.to_pylist()
        self.places = {space["space_arn"]: place for place, space in enumerate(self.spaces)}
        self.own_pages = {s["space_arn"]: s["page"] for s in self.spaces if s["page"]}
        self.shards: dict[str, list[str]] = {}
        self.of_spaces: dict[str, list[str]] = {page: [] for page in self.own_pages.values()}

    @property
    def cut_by_space(self) -> set[str]:
        """Datasets whose rows lie beside the page of their space."""
        return {each.name for each in self.datasets.values() if each.shard == "space_arn"}

    def files(self, *, is_single: bool = False) -> Iterable[tuple[str, str]]:
        """Data files, the manifest of shards last; in a single file spaces share what names them."""
        for each in self.datasets.values():
            columns = columns_of(each.rows, None if each.name == "spaces" else self.places)
            if each.shard == "space_arn":
                self._collect(each, columns, is_single=is_single)
            elif each.shard:
                yield from self._cut(each, columns)
            else:
                yield f"data/{each.name}.js", _put(each.name, "", columns, 0, each.rows.num_rows)
        spaces = self.datasets["spaces"]
        columns = columns_of(spaces.rows, None)
        for place, space in enumerate(self.spaces):
            if space["page"]:
                own = "" if is_single else _put("spaces", "", columns, place, place + 1)
                yield (
                    f"spaces/{space['page']}.js",
                    "".join([own, *self.of_spaces[space["page"]]]),
                )
        yield "data/site.js", self._manifest(is_single)

    def _cut(self, each: Dataset, columns: Mapping[str, Column]) -> Iterable[tuple[str, str]]:
        assert each.shard
        self.shards[each.name] = []
        for value, start, end in spans(each.rows[each.shard].to_pylist()):
            shard = str(value)
            if shard in self.shards[each.name]:
                raise ModelError(f"the rows of {each.name} are not in the order of {each.shard}")
            if not _SAFE_SHARD.fullmatch(shard):
                raise ModelError(f"{each.name} is cut by {shard!r}, which is no file name")
            self.shards[each.name].append(shard)
            yield f"data/{each.name}/{shard}.js", _put(each.name, shard, columns, start, end)

    def _collect(self, each: Dataset, columns: Mapping[str, Column], *, is_single: bool) -> None:
        """Rows of spaces lie in the one file of each space, which knows no other space."""
        alone = {**columns, "space_arn": Column("space", [0] * each.rows.num_rows)}
        seen = set()
        for arn, start, end in spans(each.rows["space_arn"].to_pylist()):
            if arn in seen:
                raise ModelError(f"the rows of {each.name} are not in the order of space_arn")
            seen.add(arn)
            if arn in self.own_pages:
                page = self.own_pages[arn]
                shard, own = (page, columns) if is_single else ("", alone)
                self.of_spaces[page].append(_put(each.name, shard, own, start, end))

    def _manifest(self, is_single: bool) -> str:
        files = {page["name"]: page["file"] for page in self.site.pages if page["name"] != OF_SPACE}
        return (
            f"spaceledger.shards = {script_json(self.shards)};\n"
            f"spaceledger.ofSpaces = {script_json(sorted(self.cut_by_space))};\n"
            f"spaceledger.files = {script_json(files)};\n"
            f"spaceledger.isSingle = {script_json(is_single)};\n"
            f"spaceledger.panels = {script_json(self.site.panels)};\n"
            f"spaceledger.words = {script_json(self.site.words)};\n"
        )

    def pages(self) -> Iterable[tuple[str, str]]:
        """Every page with its path."""
        draw = environment(self.site.folder).get_template("page.html").render
        shared = self.shared()
        for page in self.site.pages:
            if page["name"] != OF_SPACE:
                yield page["file"], draw(**shared, page=page, root="", space=None)
                continue
            for space in self.spaces:
                if space["page"]:
                    path = f"spaces/{space['page']}.html"
                    yield path, draw(**shared, page=page, root="../", space=space)

    def shared(self) -> dict[str, Any]:
        """What every page shows."""
        statuses = self.datasets["period_statuses"].rows.to_pylist()
        build = self.datasets["build"].rows.to_pylist()[0]
        shown = build["shown_to"]
        period = shown and f"{shown:%Y-%m}"
        found = [row["period_status"] for row in statuses if row["billing_period"] == period]
        return {
            "site": self.site,
            "build": build,
            "period": shown and f"{shown:%B %Y}",
            "period_status": found[0] if found else "unknown",
            "notices": self.datasets["notices"].rows.to_pylist(),
        }


def _put(name: str, shard: str, columns: Mapping[str, Column], start: int, end: int) -> str:
    told = script_json(encoded(columns, start, end))
    return f"spaceledger.put({script_json(name)},{script_json(shard)},{told});\n"


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path
