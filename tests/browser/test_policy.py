"""The policy of a page: no script but its own files, and no way out to any network."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def test_the_policy_stops_inline_script(site: Site, open_page: Callable) -> None:
    opened = open_page()
    page = opened.show(site.pages["index"])
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.hacked = 3';"
        " document.body.append(s); }"
    )
    assert page.evaluate("window.hacked") is None
    assert "Content Security Policy" in " ".join(opened.faults)


REACH_OUT = """() => new Promise((done) => {
  const refused = [];
  document.addEventListener("securitypolicyviolation", (event) => {
    if (refused.push(event.effectiveDirective) === 3) done(refused.sort());
  });
  const picture = new Image();
  picture.src = "https://example.org/x";
  const frame = document.createElement("iframe");
  frame.src = "https://example.org/";
  document.body.append(picture, frame);
  fetch("https://example.org/").catch(() => null);
})"""


def test_the_policy_stops_every_way_out(site: Site, open_page: Callable) -> None:
    page = open_page().show(site.pages["index"])
    assert page.evaluate(REACH_OUT) == ["connect-src", "frame-src", "img-src"]
