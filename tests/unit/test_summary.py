"""Names that strangers wrote are plain text in the Markdown of artifacts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from spaceledger.standing import BudgetState
from spaceledger.summary import LISTED, over_budget, problems

HOSTILE = [
    "<script>alert(1)</script>",
    "a | b\n| c | d |",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example",
    "`code` **bold** _it_ ~~no~~",
    "# title\n\n- item",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_in_its_cell_and_does_nothing(name: str) -> None:
    budget = BudgetState(
        name, date(2026, 9, 1), date(2026, 9, 30), "space", name, name, name, "breached",
        Decimal(10), Decimal(12), None, "USD",
    )  # fmt: skip
    for text in (
        over_budget([budget]),
        problems([("acme", name, "unreadable", "error", name, None)]),
    ):
        lines = text.splitlines()
        assert len(lines) == 3
        cells = re.sub(r"&#?\w+;", "", lines[2])
        assert not re.search(r"[<>`*_\[\]~]|://|www\.", cells)
        assert cells.count("|") == lines[0].count("|")


def test_a_long_table_says_how_much_more_there_is() -> None:
    rows = [("acme", str(number), "p", "error", "d", None) for number in range(LISTED + 3)]
    assert problems(rows).endswith("\n\nand 3 more")
    assert problems([]) == "Nothing is held back, and nothing was noticed."
