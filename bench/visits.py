"""Pages opened in Chromium: what they load, and how long they take."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TRIES = 5
PLOTLY = "plotly.min.js"
_DRAWN = "() => document.documentElement.dataset.drawn"
_REDRAWN = (
    "(old) => { const now = document.documentElement.dataset.drawn; return now && now !== old; }"
)
Answer = dict[str, Any]


def _chromium() -> str | None:
    return os.environ.get("SPACELEDGER_CHROMIUM") or shutil.which("chromium")


def can_browse() -> bool:
    """Whether there is a browser, and what drives it."""
    return bool(_chromium() and find_spec("playwright"))


class Visit:
    """One page in a browser that has nothing in its cache, and what it loads."""

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = self.context.new_page()
        self.files: list[Path] = []
        self.faults: list[str] = []
        self.page.on(
            "request", lambda asked: self.files.append(Path(unquote(urlsplit(asked.url).path)))
        )
        self.page.on("console", lambda message: self._fault(message.text))
        self.page.on("pageerror", lambda error: self._fault(str(error)))

    def _fault(self, text: str) -> None:
        self.faults.append(text.partition("\n")[0])

    def timed(self, act: Callable[[], object]) -> Answer:
        """Seconds of an act, and what was loaded during it."""
        self.files.clear()
        began = time.perf_counter()
        act()
        seconds = time.perf_counter() - began
        own = [path for path in self.files if path.is_file() and path.name != PLOTLY]
        sizes = sorted(((path.stat().st_size / 1e3, path.name) for path in own), reverse=True)
        largest = ", ".join(f"{name} {size:,.0f}" for size, name in sizes[:8])
        return {"seconds": seconds, "kb": sum(size for size, _ in sizes), "largest": largest}

    def open(self, path: Path, drawn: str = _DRAWN) -> Answer:
        def act() -> None:
            self.page.goto(path.as_uri())
            self.page.wait_for_function(drawn, polling=10)

        return self.timed(act)

    def choose(self, name: str, index: int) -> Answer:
        field = self.page.locator(f".filters [name={name}]")
        before = self.page.evaluate(_DRAWN)

        def act() -> None:
            field.select_option(index=index)
            self.page.wait_for_function(_REDRAWN, arg=before, polling=10)

        return self.timed(act)


@contextmanager
def _visit(browser: Browser, faults: list[str]) -> Iterator[Visit]:
    visit = Visit(browser)
    yield visit
    faults += [fault for fault in dict.fromkeys(visit.faults) if fault not in faults]
    visit.context.close()


def browse(html: Path, baseline: Path) -> Answer:
    """Opens pages in Chromium, each in a context of its own; seconds are medians of some tries."""
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    pages: dict[str, Path] = {path.name: path for path in sorted(html.glob("*.html"))}
    pages["a space"] = min((html / "spaces").glob("*.html"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])

        def median(path: Path, drawn: str = _DRAWN) -> Answer:
            tries = []
            for _ in range(TRIES):
                with _visit(browser, faults) as visit:
                    tries.append(visit.open(path, drawn))
            return tries[0] | {"seconds": statistics.median(each["seconds"] for each in tries)}

        # Thrown away: the first page of a browser waits for its processes.
        with _visit(browser, faults) as visit:
            visit.open(pages["trust.html"])
        chart = "() => document.querySelector('.plot-container svg .bars path')"
        plain = median(baseline, chart)
        seen = {name: median(path) for name, path in pages.items()}
        with _visit(browser, faults) as visit:
            visit.open(pages["index.html"])
            changes = {
                "a domain chosen": visit.choose("domain", 5),
                "the measure changed": visit.choose("measure", 1),
            }
        browser.close()
    return {"pages": seen, "plotly": plain, "changes": changes, "faults": faults}
