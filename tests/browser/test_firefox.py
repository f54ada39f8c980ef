"""Pages in Debian's Firefox, opened from disk: what the tests in Chromium cannot know."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from spaceledger.cli import main
from tests.browser.bidi import Firefox, started
from tests.browser.conftest import LOCAL, Site
from tests.browser.made_bill import FRAUD

pytestmark = pytest.mark.browser

HOW = "no firefox: install it with `apt-get install firefox-esr`, or name it in SPACELEDGER_FIREFOX"
PAGES = ("index", "budgets", "spaces", "activity", "unattended", "trust", "fraud")
WITH_CHARTS = {"index", "budgets", "activity", "unattended", "trust", "fraud"}
# Resolves as soon as a thing is so, and looks again whenever the page changes.
WHEN = """new Promise((done) => {
  const look = () => { const found = %s; if (found) done(found); return found; };
  if (!look()) new MutationObserver((_, all) => look() && all.disconnect()).observe(
    document, { subtree: true, childList: true, attributes: true, characterData: true });
})"""
DRAWN = WHEN % "document.documentElement.dataset.drawn"
CHARTS = """[...document.querySelectorAll(".page:not([hidden]) .chart:not([hidden])")].map((box) => ({
  panel: box.closest("[data-panel]").id,
  traces: box.data ? box.data.length : 0,
  marks: box.querySelectorAll(
    ".main-svg :is(.bars .point, .scatterlayer .trace, .sankey-node, .hm image)").length,
  width: box.querySelector(".main-svg") ? box.querySelector(".main-svg").getBoundingClientRect().width : 0,
}))"""
INLINE = """new Promise((done) => {
  document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
  const script = document.createElement("script");
  script.textContent = "window.hacked = 1";
  document.body.append(script);
})"""
FIGURES = "[...document.querySelectorAll('#key-figures .figure')].map((one) => one.textContent)"


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """The browser; without one the tests are skipped, except where CI may not skip them."""
    named = os.environ.get("SPACELEDGER_FIREFOX")
    path = named or shutil.which("firefox-esr") or shutil.which("firefox")
    if not path or not Path(path).is_file():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW)
    with started(path, tmp_path_factory.mktemp("firefox") / "profile") as browser:
        browser.subscribe("log.entryAdded", "network.beforeRequestSent")
        yield browser


def faults(firefox: Firefox) -> list[str]:
    """What the page said or asked for that it should not."""
    firefox.run(
        "new Promise((done) => setTimeout(done))"
    )  # what was said before this is here after it
    said = [entry["text"] for entry in firefox.told("log.entryAdded")]
    asked = [sent["request"]["url"] for sent in firefox.told("network.beforeRequestSent")]
    return said + [url for url in asked if not url.startswith(LOCAL)]


def show(firefox: Firefox, path: Path, view: str = "") -> None:
    firefox.events.clear()
    firefox.open("about:blank")
    firefox.open(path.as_uri() + (f"#{view}" if view else ""))
    firefox.run(DRAWN)


def change(firefox: Firefox, name: str, value: str) -> None:
    """Chooses in the bar of filters, and waits until the page is drawn again."""
    before = firefox.run("document.documentElement.dataset.drawn")
    firefox.run(
        f"""(() => {{
          const field = document.querySelector(".filters [name={name}]");
          field.value = {value!r};
          field.dispatchEvent(new Event("change", {{ bubbles: true }}));
        }})()"""
    )
    now = "document.documentElement.dataset.drawn"
    firefox.run(WHEN % f"{now} && {now} !== {before!r} && {now}")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_draws_everything_silently(site: Site, firefox: Firefox, name: str) -> None:
    show(firefox, site.page_of(FRAUD) if name == "fraud" else site.pages[name])
    assert firefox.run("document.querySelectorAll('.fault, [aria-busy=true]').length") == 0
    charts = firefox.run(CHARTS)
    assert bool(charts) == (name in WITH_CHARTS)
    for chart in charts:
        assert chart["traces"] > 0, chart
        assert chart["marks"] > 0, chart
        assert chart["width"] > 300, chart
    assert firefox.run("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults(firefox) == []


def test_a_filter_changes_the_figures(site: Site, firefox: Firefox) -> None:
    show(firefox, site.pages["index"])
    before = firefox.run(FIGURES)
    change(firefox, "measure", "list_cost")
    after = firefox.run(FIGURES)
    assert before[0] != after[0]
    assert "measure=list_cost" in firefox.run("location.hash")
    change(firefox, "measure", "effective_cost")
    assert firefox.run(FIGURES) == before
    assert faults(firefox) == []


# Presses the first export on a page, and gives the file's text.
SAVED = """new Promise((done) => {
  const made = URL.createObjectURL;
  URL.createObjectURL = (file) => { done(file.text()); return made.call(URL, file); };
  document.querySelector(".exports button").click();
})"""


def test_the_first_export_loads_the_library(site: Site, firefox: Firefox) -> None:
    show(firefox, site.pages["spaces"])
    assert firefox.run("Boolean(window.spaceledger.DataTable)") is False
    rows = firefox.run(SAVED).splitlines()
    assert firefox.run("Boolean(window.spaceledger.DataTable)") is True
    assert "Space" in rows[0]
    [(count,)] = site.ask(
        "select count(*) from marts.spaces where sharing_type is distinct from 'Private'"
    )
    assert len(rows) == count + 1
    assert faults(firefox) == []


def test_a_single_file_runs_its_own_scripts(site: Site, firefox: Firefox, tmp_path: Path) -> None:
    target = tmp_path / "all.html"
    config = str(site.folder.parents[2] / "spaceledger.toml")
    done = CliRunner().invoke(main, ["report", "--config", config, "--single-file", str(target)])
    assert done.exit_code == 0, done.output
    show(firefox, site.pages["index"])
    figures = firefox.run(FIGURES)
    show(firefox, target)
    assert firefox.run(FIGURES) == figures
    assert [chart["panel"] for chart in firefox.run(CHARTS) if not chart["marks"]] == []
    assert faults(firefox) == []
    assert firefox.run(INLINE) == "script-src-elem"


def test_the_policy_stops_inline_script(site: Site, firefox: Firefox) -> None:
    show(firefox, site.pages["index"])
    assert firefox.run(INLINE) == "script-src-elem"
    assert firefox.run("window.hacked === undefined")


def test_what_a_page_does_is_seen(firefox: Firefox) -> None:
    """Without this the silence of the other tests could be deafness."""
    firefox.events.clear()
    firefox.open("about:blank")
    firefox.run("fetch('http://127.0.0.1:49151/').catch(() => null)")
    firefox.run("setTimeout(() => { console.error('said'); throw new Error('thrown'); })")
    seen = faults(firefox)
    assert "http://127.0.0.1:49151/" in seen
    assert "said" in seen
    assert "Error: thrown" in seen
