"""The one line that a person is shown."""

from __future__ import annotations

import pytest

from spaceledger.errors import SourceError


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("a\x1b]0;owned\x07\x1b[2Jb", "a]0;owned[2Jb: is denied - ask"),
        ("a\r\n\u2028b\x85c \x00 d", "a b c d: is denied - ask"),
        ("\u202egnp.exe\u200b\x9b2J", "gnp.exe2J: is denied - ask"),
        ("b\udcffé 東京", "bé 東京: is denied - ask"),
    ],
)
def test_what_strangers_write_stays_on_its_line_and_gives_no_orders(where: str, line: str) -> None:
    error = SourceError("is denied", where=where, todo="ask")
    assert error.line() == str(error) == line
