"""How strangers' text is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.reports import values


def test_marks_that_turn_text_around_are_shown_and_joiners_stay() -> None:
    assert values.visible("safe\u202etxt\u2066\x00") == "safe[U+202E]txt[U+2066][U+0000]"
    assert values.visible("two\nlines\tand\rmore") == "two lines and more"
    family = "👩\u200d🔬 שלום équipe"
    assert values.visible(family) == family


@pytest.mark.parametrize("mark", ["\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\x7f", "\x9f"])
def test_a_mark_is_named(mark: str) -> None:
    assert values.visible(f"a{mark}b") == f"a[U+{ord(mark):04X}]b"


@given(st.text())
def test_nothing_that_turns_text_around_is_left(text: str) -> None:
    shown = values.visible(text)
    bidi = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not [char for char in shown if unicodedata.bidirectional(char) in bidi]
    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Zl", "Zp"}]
    assert values.visible(shown) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S", "M"])))
def test_words_stay_as_they_are(text: str) -> None:
    assert values.visible(text) == text
