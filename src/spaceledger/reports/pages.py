"""Pages are data: every page of a build, in the order it is written."""

from __future__ import annotations

from collections.abc import Iterator

from spaceledger.reports.budgets import budgets_page
from spaceledger.reports.build import Build
from spaceledger.reports.overview import overview
from spaceledger.reports.panels import Page
from spaceledger.reports.space import space_page, split_by_space


def pages(build: Build) -> Iterator[Page]:
    """The overview, the budgets, then a page per space."""
    yield overview(build)
    yield budgets_page(build)
    tables = split_by_space(build)
    for space in build.spaces:
        yield space_page(build, tables, space)
