"""The pages of `dashboards/pages.toml`, their scripts, and where each file of a report lies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from spaceledger.errors import ModelError
from spaceledger.reports import values

# Each needs those before it.
SCRIPTS = (
    "values", "data", "filters", "palette", "charts", "drawing", "page", "panels", "cells", "exports",
    "tables", "summary", "flows", "generic", "attendance", "figures", "budgets", "spaces", "space",
    "activity", "trust",
)  # fmt: skip
STYLES = ("style.css", "tables.css")
OF_SPACE = "space"  # the page that each space has


@dataclass(frozen=True)
class Site:
    """What `dashboards/` says: pages with their panels, words, and the terms of the glossary."""

    folder: Path
    pages: Sequence[Mapping[str, Any]]
    words: Mapping[str, Any]
    glossary: Sequence[Mapping[str, str]]

    @property
    def panels(self) -> dict[str, Mapping[str, Any]]:
        """Every panel by its key."""
        return {panel["key"]: panel for page in self.pages for panel in page["panels"]}


def read_site(folder: Path) -> Site:
    """Reads `pages.toml`. Raises ModelError where an entry lacks a part or a key stands twice."""
    path = folder / "pages.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    seen: set[str] = set()
    for page in told["pages"]:
        for panel in page["panels"]:
            for part in ("key", "title", "draw", "means"):
                if part not in panel:
                    raise ModelError(f"a panel of {page['name']} has no `{part}`", where=str(path))
            if panel["key"] in seen:
                raise ModelError(f"two panels are called {panel['key']}", where=str(path))
            seen.add(panel["key"])
    return Site(folder, told["pages"], told["words"], told["glossary"])


def script_of(site: Site) -> str:
    """All scripts of our own in the order they need each other."""
    paths = [site.folder / "scripts" / f"{name}.js" for name in SCRIPTS]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def style_of(site: Site) -> str:
    """All style sheets as one."""
    return "\n".join((site.folder / name).read_text(encoding="utf-8") for name in STYLES)


@cache
def environment(folder: Path) -> Environment:
    """Compiled once; templates that change are read again."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _visible(value: Any) -> Any:
    """Every text on a page comes through here; what templates made themselves is left alone."""
    return (
        values.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )
