"""How text is shown on a page."""

from __future__ import annotations

import re

# Control characters, and the marks that turn text around; joiners of emoji and scripts stay.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Text whose direction marks and control characters can be seen, and do nothing."""
    return _UNSEEN.sub(lambda found: _mark(found[0]), text)


def _mark(char: str) -> str:
    return " " if char in "\t\n\r" else f"[U+{ord(char):04X}]"
