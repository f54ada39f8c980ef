"""The panel that the README adds: one query, one entry."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from spaceledger.paths import dashboards_dir, sql_dir
from spaceledger.reports import Dataset, write_reports
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.panels import read_panels
from tests.browser.conftest import DRAWN, Site

pytestmark = pytest.mark.browser
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NEXT_PAGE = '[[pages]]\nname = "unattended"'


def block(language: str, begins: str) -> str:
    found = re.search(rf"```{language}\n({re.escape(begins)}.*?)```", README, re.DOTALL)
    assert found, f"the README has no {language} block that begins with {begins}"
    return found[1]


def test_one_query_and_one_entry_add_a_panel(
    site: Site, open_page: Callable, tmp_path: Path
) -> None:
    queries, dashboards = tmp_path / "panels", tmp_path / "dashboards"
    shutil.copytree(sql_dir() / "panels", queries)
    shutil.copytree(dashboards_dir(), dashboards)
    (queries / "gpu_hours.sql").write_text(block("sql", "-- Hours of GPU"), encoding="utf-8")
    told = (dashboards / "pages.toml").read_text(encoding="utf-8")
    entry = block("toml", '[[pages.panels]]\nkey = "gpu-hours"')
    told = told.replace(NEXT_PAGE, f"{entry}\n{NEXT_PAGE}")
    (dashboards / "pages.toml").write_text(told, encoding="utf-8")
    work = tmp_path / "work.duckdb"
    shutil.copyfile((site.folder.parents[1] / "ledger.duckdb").resolve(), work)
    with open_work(work) as con:
        rows = [Dataset(each.name, each.shard, each.rows) for each in read_panels(con, queries)]
    write_reports(rows, tmp_path / "html", templates=dashboards)
    [(hours,)] = site.ask(
        "select sum(usage_hours) from marts.space_spend_daily where instance_type like 'ml.g%'"
    )

    opened = open_page(tmp_path / "html" / "activity.html")
    opened.page.goto(f"{(tmp_path / 'html' / 'activity.html').as_uri()}#show=all&from=2000-01-01")
    opened.page.wait_for_function(DRAWN)
    panel = opened.page.locator("#gpu-hours")
    assert panel.locator("h2").inner_text() == "GPU hours"
    assert panel.locator(".bars .point").count() > 0
    panel.locator("summary").click()
    total = panel.locator("tfoot td").last.inner_text()
    assert Decimal(total.replace(",", "")) == hours > 0
    assert opened.faults == []
