"""Strangers' names, amounts and chances as words that do nothing wherever they are read.

Names of spaces, budgets and resources may hold anything, and a message is read by programs that
each know other commands: Slack's `<!channel>`, Discord's `@everyone`, Markdown, HTML, and bare web
addresses, which many make links of. No escape is understood by all of them, so the characters that
begin a command are replaced by look-alikes that begin none.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

NAME_LENGTH = 60
_LOOKALIKES = str.maketrans(
    {
        "<": "‹", ">": "›", "@": "＠", "#": "＃", "*": "∗", "~": "∼", "|": "¦", "[": "［",
        "]": "］", "\\": "＼", "`": "'", '"': "'",
    }
)  # fmt: skip
# Inside a word an underscore is an underscore; at its edge it may begin italics.
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=\w+;)")
# Of a bucket's address nobody makes a link, and people paste it.
_SLASHES = re.compile(r"(?<!\bs3:)//", re.IGNORECASE)
# Where programs that look for links expect a host: not in the middle of a path or an ARN.
_HOST = re.compile(r"(?<![\w/.:-])(?:[\w-]+\.)+[^\W\d_]{2,}")
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
_CENT, _TENTH = Decimal("0.01"), Decimal("0.1")


def plain(name: str | None, limit: int = NAME_LENGTH) -> str:
    """A stranger's text on one line, cut, with nothing in it that a program takes for a command."""
    # C and Z: what is not seen or turns text around, and every kind of space and line end.
    spaced = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in name or "")
    line = " ".join(spaced.split())
    line = line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
    line = _EDGE_UNDERSCORE.sub("＿", line.translate(_LOOKALIKES))
    line = _SLASHES.sub("∕∕", _ENTITY.sub("＆", line))
    return _HOST.sub(lambda host: host[0].replace(".", "․"), line)


def quoted(name: str | None) -> str:
    """A stranger's name in quotation marks, so that its end can be seen."""
    return f'"{plain(name)}"'


def money(amount: Decimal, currency: str | None) -> str:
    """An amount with thousands separators, two decimals and its currency."""
    cents = amount.quantize(_CENT, context=_WIDE)
    if amount and not cents:
        text = "less than 0.01" if amount > 0 else "more than -0.01"
    else:
        text = f"{cents or abs(cents):,}"
    return f"{text} {plain(currency, 8)}".rstrip()


def percent(share: Decimal) -> str:
    """A share in percent, to a tenth where it has one; never rounded up to what was not reached."""
    tenths = (share * 100).quantize(_TENTH, rounding=ROUND_DOWN, context=_WIDE)
    return f"{tenths:,}".removesuffix(".0") + "%"


def chance(probability: float) -> tuple[str, str]:
    """How likely something is, in words and in percent."""
    words = ((0.95, "almost certainly"), (0.8, "very likely"), (0.5, "likely"), (0.2, "possibly"))
    word = next((word for least, word in words if probability >= least), "hardly")
    if probability > 0.99:
        return word, "over 99%"
    return word, "under 1%" if probability < 0.01 else f"{probability:.0%}"
