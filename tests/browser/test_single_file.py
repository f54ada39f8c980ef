"""All pages as one file: the same numbers, no second file, no script but its own."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from spaceledger.cli import main
from tests.browser.conftest import DRAWN, REDRAWN, Opened, Site
from tests.browser.made_bill import FRAUD
from tests.browser.views import tiles, whole_grid

pytestmark = pytest.mark.browser
PAGES = {
    "summary": ("index", "key-figures", "spend-by-day"),
    "budgets": ("budgets", "budget-figures", "standings"),
    "spaces": ("spaces", "", "all-spaces"),
    "activity": ("activity", "activity-figures", "people"),
    "unattended": ("unattended", "", "unattended"),
    "trust": ("trust", "trust-figures", "reconciliation"),
}


@pytest.fixture(scope="module")
def single(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("mail") / "october.html"
    config = site.folder.parents[2] / "spaceledger.toml"
    done = CliRunner().invoke(
        main, ["report", "--config", str(config), "--single-file", str(target)]
    )
    assert done.exit_code == 0, done.output
    assert str(target) in done.output
    return target


def turn(opened: Opened, address: str) -> None:
    before = opened.page.evaluate(DRAWN)
    opened.page.evaluate("hash => { location.hash = hash; }", address)
    opened.page.wait_for_function(REDRAWN, arg=before)


def test_each_page_of_it_says_what_the_pages_apart_say(
    site: Site, single: Path, open_page: Callable
) -> None:
    alone, apart = open_page(single), open_page()
    alone.page.wait_for_function(DRAWN)
    for view in ("show=all", "show=spaces&measure=billed_cost"):
        for page, (file, figures, table) in PAGES.items():
            turn(alone, f"page={page}&{view}")
            apart.show(site.pages[file], view)
            if figures:
                assert tiles(alone.page, figures) == tiles(apart.page, figures)
            one, other = (whole_grid(each.page, table) for each in (alone, apart))
            assert (one.rows, one.foot) == (other.rows, other.foot)
    assert alone.faults == []


def test_a_space_is_a_page_of_it_too(site: Site, single: Path, open_page: Callable) -> None:
    alone, apart = open_page(single), open_page()
    alone.page.wait_for_function(DRAWN)
    own = site.page_of(FRAUD)
    turn(alone, f"page=space&is={own.stem}")
    apart.show(own)
    assert alone.page.locator("h1:visible").inner_text() == apart.page.locator("h1").inner_text()
    assert tiles(alone.page, "space-figures") == tiles(apart.page, "space-figures")
    assert alone.page.locator(".chart:visible .main-svg").count() > 0
    alone.page.get_by_role("link", name="Summary").click()
    alone.page.locator("#key-figures:visible .tile").first.wait_for()
    assert alone.faults == []


def test_its_policy_names_each_of_its_scripts(single: Path) -> None:
    text = single.read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    made = {
        f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
        for script in scripts
    }
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    assert set(re.findall(r"sha256-[^' ]+", policy[1])) == made
    assert len(scripts) == text.count("</script") == 4
    assert "unsafe-inline" not in policy[1].split("style-src")[0]


def test_it_can_be_mailed(single: Path) -> None:
    assert single.stat().st_size < 8_000_000


def test_a_file_that_cannot_be_written_is_told(site: Site, tmp_path: Path) -> None:
    config = site.folder.parents[2] / "spaceledger.toml"
    target = tmp_path / "no such folder" / "october.html"
    done = CliRunner().invoke(
        main, ["report", "--config", str(config), "--single-file", str(target)]
    )
    assert done.exit_code == 1
    assert "no file can be written there" in done.output
    assert not target.parent.exists()
