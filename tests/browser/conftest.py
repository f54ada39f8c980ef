"""One headless Chromium, and the sample pages it opens from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from spaceledger.reports import write_reports
from tests.unit.reports.sample_marts import empty_marts, sample_marts

HOW = "no chromium: install it with `apt-get install chromium`, or name it in SPACELEDGER_CHROMIUM"


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


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample pages, the overview first."""
    return write_reports(sample_marts(), tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of a ledger without a bill."""
    return write_reports(empty_marts(), tmp_path_factory.mktemp("empty"))


@dataclass
class Opened:
    """A page, and what it did that it should not."""

    page: Page
    faults: list[str] = field(default_factory=list)


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def open_(path: Path, width: int = 1280, scheme: str = "light") -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        contexts.append(context)
        opened = Opened(context.new_page())
        opened.page.on("console", lambda message: opened.faults.append(message.text))
        opened.page.on("pageerror", lambda error: opened.faults.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.faults.append(dialog.message))
        opened.page.on(
            "request",
            lambda request: (
                request.url.startswith(("file:", "data:", "blob:"))
                or opened.faults.append(request.url)
            ),
        )
        opened.page.goto(path.as_uri())
        opened.page.wait_for_load_state("load")
        return opened

    yield open_
    for context in contexts:
        context.close()
