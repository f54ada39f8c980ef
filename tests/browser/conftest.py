"""One headless Chromium, and the pages of real ledgers that it opens from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.bills import write_cur
from tests.browser import made_bill, odd_ledgers
from tests.conftest import Ledger

HOW = "no chromium: install it with `apt-get install chromium`, or name it in SPACELEDGER_CHROMIUM"
LOCAL = ("file:", "data:", "blob:")
DRAWN = "() => document.documentElement.dataset.drawn"
REDRAWN = "before => !['', before].includes(document.documentElement.dataset.drawn)"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; without one the tests are skipped, except where CI may not skip them."""
    path = os.environ.get("SPACELEDGER_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).is_file():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Site:
    """The pages of a ledger, and what the ledger itself says."""

    def __init__(self, ledger: Ledger) -> None:
        self.folder = ledger.home / "reports" / "html"
        self.pages = {path.stem: path for path in sorted(self.folder.glob("*.html"))}
        self.con = duckdb.connect(str((ledger.home / "ledger.duckdb").resolve()), read_only=True)
        self.con.execute("set timezone = 'UTC'")

    def ask(self, sql: str, *values: object) -> list[tuple]:
        return self.con.execute(sql, values).fetchall()

    def page_of(self, arn: str) -> Path:
        """The page of a space: its name ends in a mark made from the ARN."""
        [(mark,)] = self.ask("select left(sha256(?), 12)", arn.lower())
        [path] = (self.folder / "spaces").glob(f"*-{mark}.html")
        return path


def built(ledger: Ledger) -> Iterator[Site]:
    ledger.run(as_of=made_bill.AS_OF)
    made = Site(ledger)
    yield made
    made.con.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of `made_bill`."""
    ledger = Ledger(tmp_path_factory.mktemp("site"))
    made_bill.write_inputs(ledger.root)
    ledger.configure(made_bill.configuration())
    yield from built(ledger)


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of a ledger whose bill holds no line about SageMaker."""
    ledger = Ledger(tmp_path_factory.mktemp("empty"))
    write_cur(ledger.bill, "2026-11", [{"product": "AmazonEC2", "cost": "100"}])
    yield from built(ledger)


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of a ledger whose bill holds a tax, and no usage of anything."""
    ledger = Ledger(tmp_path_factory.mktemp("bare"))
    write_cur(ledger.bill, "2026-11", [{"type": "Tax", "product": "AmazonEC2", "cost": "1"}])
    yield from built(ledger)


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Site]]:
    """The pages of one of `odd_ledgers`, built when the first test asks for them."""
    sites: dict[str, Site] = {}

    def of(name: str) -> Site:
        if name not in sites:
            make, as_of = odd_ledgers.ODD[name]
            ledger = Ledger(tmp_path_factory.mktemp(name.replace(" ", "-")))
            ledger.configure(make(ledger.root))
            ledger.run(as_of=as_of)
            sites[name] = Site(ledger)
        return sites[name]

    yield of
    for made in sites.values():
        made.con.close()


@dataclass
class Opened:
    """A page, and what it did that it should not."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda message: self.faults.append(message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(LOCAL):
            self.faults.append(request.url)

    def show(self, path: Path, view: str = "") -> Page:
        """Opens a page of a report with a view in its address, and waits until it is drawn."""
        self.page.goto("about:blank")
        self.page.goto(path.as_uri() + (f"#{view}" if view else ""))
        self.page.wait_for_function(DRAWN)
        return self.page

    def turn(self, path: Path, view: str) -> Page:
        """The same, where the page is open already by a change of its address alone."""
        now, _, shown = self.page.url.partition("#")
        if now != path.as_uri() or view == shown:
            return self.show(path, view)
        before = self.page.evaluate(DRAWN)
        self.page.evaluate("hash => { location.hash = hash; }", view)
        self.page.wait_for_function(REDRAWN, arg=before)
        return self.page


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def open_(path: Path | None = None, width: int = 1280, scheme: str = "light") -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.watch()
        if path:
            opened.page.goto(path.as_uri())
            opened.page.wait_for_load_state("load")
        return opened

    yield open_
    for context in contexts:
        context.close()


def _watched(chromium: Browser) -> Iterator[Opened]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened = Opened(context.new_page())
    opened.watch()
    yield opened
    context.close()


@pytest.fixture(scope="module")
def shared(chromium: Browser) -> Iterator[Opened]:
    """One page for tests that open many views and leave nothing behind."""
    yield from _watched(chromium)


@pytest.fixture(scope="module")
def summary(chromium: Browser) -> Iterator[Opened]:
    """One page that stays on the summary, and only turns to other views."""
    yield from _watched(chromium)
