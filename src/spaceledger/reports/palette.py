"""One palette: a category keeps its colour and pattern on every page.

Seven hues that stay apart for the colour-blind and on light and dark grounds; kin share a hue, and
differ by pattern.
"""

from __future__ import annotations

from collections.abc import Mapping

BLUE, SKY, RED, AMBER = "#1f6fb8", "#69b8e8", "#d1582a", "#e2a521"
GREEN, PINK, VIOLET, GREY = "#16937a", "#dd93bd", "#9a86e0", "#737c86"

# In the order they are stacked, from the bottom.
CATEGORIES: Mapping[str, tuple[str, str]] = {
    "Studio apps": (BLUE, ""),
    "Studio storage": (SKY, ""),
    "home file system": (SKY, "/"),
    "notebook instances": (BLUE, "/"),
    "RStudio": (VIOLET, ""),
    "Canvas": (PINK, ""),
    "training": (RED, ""),
    "HyperPod": (RED, "/"),
    "processing": (AMBER, ""),
    "batch transform": (AMBER, "/"),
    "hosting": (GREEN, ""),
    "MLflow": (VIOLET, "/"),
    "Feature Store": (GREEN, "/"),
    "Ground Truth": (PINK, "/"),
    "data transfer": (SKY, "x"),
    "other services": (GREY, ""),
    "other": (GREY, "/"),
    "unused Savings Plan commitment": (GREY, "x"),
    "savings plan negation": (GREY, "\\"),
    "tax": (GREY, "-"),
    "discount": (GREY, "|"),
    "refund": (GREY, "+"),
    "credit": (GREY, "."),
}
_ORDER = {name: place for place, name in enumerate(CATEGORIES)}


def marker(category: str) -> dict[str, object]:
    """How the bars of a spend category look."""
    colour, shape = _look(category)
    pattern = {"shape": shape, "size": 6, "solidity": 0.35, "fillmode": "overlay"}
    return {"color": colour, "line": {"width": 0}, **({"pattern": pattern} if shape else {})}


def place(category: str) -> tuple[int, str]:
    """Where a category stands among others."""
    return _ORDER.get(category, _ORDER["other"]), category


def _look(category: str) -> tuple[str, str]:
    # "hosting (real-time)" is of the family of "hosting".
    family = category.split(" (", maxsplit=1)[0]
    return CATEGORIES.get(category) or CATEGORIES.get(family) or CATEGORIES["other"]
