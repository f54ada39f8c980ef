"""What odd ledgers hold, in SQL of our own, and what their pages show."""

from __future__ import annotations

from decimal import Decimal

from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.views import SPEND, tiles

SHARED, ALL = "space_arn is not null", "true"


def spent(site: Site, where: str, start: str, end: str) -> Decimal:
    [(amount,)] = site.ask(
        f"select sum(effective_cost) from ({SPEND}) where {where} and day between ? and ?",
        start,
        end,
    )
    return amount or Decimal(0)


def figure(page: Page, label: str, panel: str = "key-figures") -> tuple[str, str]:
    [found] = [tile for name, tile in tiles(page, panel).items() if name.startswith(label)]
    return found[0], found[1]


def words(page: Page, panel: str) -> str:
    return page.locator(f"#{panel}").inner_text()


def named(rows: list[list[str]]) -> list[str]:
    """The first cells without what stands below the name."""
    return [row[0].removesuffix("d-abc").removesuffix("October 2026") for row in rows]


def notices(page: Page) -> str:
    return "\n".join(page.locator("p.notice:visible").all_inner_texts())
