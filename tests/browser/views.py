"""A view as the address of a page says it, what the ledger says of it in SQL of our own, and what a page shows."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.made_bill import AS_OF, COMPLETE

DAILY_FROM = date(2026, 8, 1)  # the month that holds the first of the last 92 days with usage
SHOWN_FROM = date(2026, 8, 23)

# A charge stands on the day its use began, in its billing period.
SPEND = """
    select
        spend.* exclude (usage_date),
        spaces.team,
        coalesce(spaces.sharing_type, 'Shared') as sharing,
        case
            when strftime(spend.usage_date, '%Y-%m') < spend.billing_period
                then cast(spend.billing_period || '-01' as date)
            when strftime(spend.usage_date, '%Y-%m') > spend.billing_period
                then last_day(cast(spend.billing_period || '-01' as date))
            else spend.usage_date
        end as day
    from marts.space_spend_daily as spend
    left join marts.spaces as spaces on spend.space_arn = spaces.space_arn
"""
OF_SHOW = {
    "shared": "space_arn is not null and sharing = 'Shared'",
    "private": "sharing = 'Private'",
    "spaces": "space_arn is not null",
    "all": "true",
}


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_back(day: date, many: int) -> date:
    number = day.year * 12 + day.month - 1 - many
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True)
class View:
    """What a reader chose; anything left out is as pages open."""

    start: date = SHOWN_FROM
    end: date = AS_OF
    show: str = "shared"
    account: str = ""
    domain: str = ""
    team: str = ""
    space: str = ""
    measure: str = "effective_cost"
    currency: str = "USD"

    def address(self, site: Site, **options: str) -> str:
        """The fragment that says all of it."""
        said = {
            "from": self.start.isoformat(), "to": self.end.isoformat(), "show": self.show,
            "account": self.account, "domain": self.domain.rsplit("/", 1)[-1], "team": self.team,
            "space": site.page_of(self.space).stem if self.space else "",
            "measure": self.measure, "currency": self.currency,
        }  # fmt: skip
        return urlencode({key: text for key, text in (said | options).items() if text})

    @property
    def first(self) -> date:
        """Months before the days that pages know are shown whole."""
        return self.start if self.start >= DAILY_FROM else self.start.replace(day=1)

    @property
    def last(self) -> date:
        return self.end if self.end >= DAILY_FROM else month_end(self.end)

    @property
    def where(self) -> str:
        """The rows of SPEND that it holds, on any day."""
        tests = [OF_SHOW[self.show], f"billing_currency = '{self.currency}'"]
        named = {
            "account_id": self.account,
            "domain_arn": self.domain,
            "team": self.team,
            "space_arn": self.space,
        }
        quoted = {column: text.replace("'", "''") for column, text in named.items() if text}
        return " and ".join([*tests, *(f"{column} = '{text}'" for column, text in quoted.items())])

    def spaces(self, site: Site) -> list[str]:
        """Every space that it shows, with cost or without."""
        known = self.where.replace(f" and billing_currency = '{self.currency}'", "")
        rows = site.ask(
            "select space_arn from (select *, coalesce(sharing_type, 'Shared') as sharing from marts.spaces)"
            f" where {known} order by space_arn"
        )
        return [arn for (arn,) in rows]

    def total(self, site: Site, start: date, end: date) -> Decimal | None:
        [(amount,)] = self.sums(site, "1", start, end) or [(None,)]
        return amount

    def sums(self, site: Site, by: str, start: date, end: date) -> list[tuple]:
        """The groups of an expression with their sums, between two days; without it one sum alone."""
        picked = "" if by == "1" else f"{by}, "
        return site.ask(
            f"select {picked}sum({self.measure}) from ({SPEND}) where {self.where}"
            f" and day between ? and ? {'' if by == '1' else f'group by {by} order by {by} desc'}",
            start,
            end,
        )

    @property
    def like(self) -> tuple[date, date, date, date] | None:
        """The month through its newest complete day, and the same days of the month before; whole months
        where days are not known; none where nothing can be compared."""
        begin = self.last.replace(day=1)
        earlier = months_back(begin, 1)
        if earlier < DAILY_FROM:
            whole = (begin, self.last, earlier, month_end(earlier))
            return whole if self.last == month_end(begin) else None
        end = min(self.last, COMPLETE)
        if end < begin:
            return None
        day = min(end.day, month_end(earlier).day)
        return begin, begin.replace(day=day), earlier, earlier.replace(day=day)


# --- what a page shows --------------------------------------------------------------------------

GRID = """panel => {
  const table = document.querySelector("#" + panel + " .rows table");
  if (!table) return null;
  const line = (row) => [...row.cells].map((cell) => cell.title || cell.textContent);
  return {
    head: line(table.tHead.rows[0]), rows: [...table.tBodies[0].rows].map(line),
    foot: table.tFoot && table.tFoot.rows[0] ? line(table.tFoot.rows[0]) : [],
  };
}"""
TILES = """panel => Object.fromEntries([...document.querySelectorAll("#" + panel + " .tile")].map((tile) => {
  const value = tile.querySelector("b");
  return [tile.querySelector(".label").textContent, [value.title || value.textContent, tile.querySelector(".detail").textContent]];
}))"""


@dataclass(frozen=True)
class Grid:
    """A table as it is on the page: amounts exact, everything else as text."""

    head: list[str]
    rows: list[list[str]]
    foot: list[str]


def grid(page: Page, panel: str) -> Grid:
    found = page.evaluate(GRID, panel)
    return Grid(**found) if found else Grid([], [], [])


def whole_grid(page: Page, panel: str) -> Grid:
    """The same with every row, not the first page of them."""
    page.locator(f"#{panel} details").evaluate_all(
        "all => all.forEach(one => { one.open = true; })"
    )
    more = page.locator(f"#{panel} .pager").get_by_text("Show all")
    if more.is_visible():
        more.click()
        page.locator(f"#{panel} .pager").get_by_text("at a time").wait_for()
    return grid(page, panel)


def tiles(page: Page, panel: str = "key-figures") -> dict[str, list[str]]:
    """Label to exact value and small print."""
    return page.evaluate(TILES, panel)


def exact(text: str) -> Decimal | None:
    """'1,234.5 USD' as a number; a dash is none."""
    return None if text in {"–", ""} else Decimal(text.split(" ", maxsplit=1)[0].replace(",", ""))
