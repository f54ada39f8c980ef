"""What a page is made of: tiles, charts and tables, as values that templates draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

# A term is short and never broken, a key is a term of the ledger; text and code may be long.
Kind = Literal["text", "term", "code", "key", "money", "exact", "share", "change", "count"]
NUMBERS = frozenset({"money", "exact", "share", "change", "count"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; a minor one gives way on narrow screens."""

    label: str
    kind: Kind = "text"
    is_minor: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is aligned to the right."""
        return self.kind in NUMBERS


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere, with small words below it."""

    text: str
    href: str | None = None
    detail: str = ""
    below: str = ""
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first column names the row."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] = ()
    caption: str = ""
    empty: str = ""
    anchor: str = ""
    is_folded: bool = False
    is_open: bool = False
    summary: str = ""
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure, and the same figures as a table for those who cannot see it."""

    key: str
    title: str
    figure: go.Figure
    table: Table
    caption: str = ""
    empty: str = ""
    kind: str = "chart"


@dataclass(frozen=True, slots=True)
class Notes:
    """A list of sentences."""

    title: str
    lines: Sequence[str]
    kind: str = "notes"


@dataclass(frozen=True, slots=True)
class Group:
    """Panels under one heading."""

    title: str
    panels: Sequence[Table]
    caption: str = ""
    kind: str = "group"


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure with what it means."""

    label: str
    value: str
    unit: str = ""
    detail: str = ""
    exact: str = ""
    tone: Literal["", "good", "warn"] = ""


Panel = Table | Chart | Notes | Group


@dataclass(frozen=True, slots=True)
class Section:
    """The panels of one currency; amounts of two currencies never stand in one section."""

    currency: str
    tiles: Sequence[Tile]
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its file below the pages' folder, its template, and what it shows."""

    path: str
    template: str
    title: str
    sections: Sequence[Section]
    panels: Sequence[Panel] = ()
    facts: Sequence[tuple[str, str, Kind]] = ()
    lead: str = ""
    notice: str = ""
    empty: str = ""

    @property
    def charts(self) -> dict[str, go.Figure]:
        """Its figures by key."""
        panels = [panel for section in self.sections for panel in section.panels]
        return {panel.key: panel.figure for panel in panels if isinstance(panel, Chart)}
