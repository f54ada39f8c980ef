"""What a budget of AWS filters by: exactly which spaces or domains, and in words a person reads.

A filter is bound only where it can be said exactly as "these spaces" or "these domains", narrowed at most
by accounts, regions and service codes, which charges carry too. Everything else is shown and not bound: a
figure of ours beside it would be of something else.
Both forms are read: `CostFilters` (values of a key are alternatives, keys narrow each other) and the trees
of `FilterExpression` (AWS Budgets API reference, Expression).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spaceledger.arn import DomainArn, SpaceArn

Sets = Mapping[str, frozenset[str]]
# AWS takes far less; a deeper tree is cut in words and never bound.
_DEEPEST = 24
_LONGEST = 2000
_KINDS = {
    "sagemaker:space-arn": "space",
    "sagemaker:domain-arn": "domain",
    "LINKED_ACCOUNT": "account",
    "LinkedAccount": "account",
    "REGION": "region",
    "Region": "region",
    "SERVICE_CODE": "service",
}
_EXACT = {"EQUALS", "CASE_SENSITIVE", "CASE_INSENSITIVE"}
_VERBS = {
    "ABSENT": "is absent",
    "STARTS_WITH": "starts with",
    "ENDS_WITH": "ends with",
    "CONTAINS": "contains",
    "GREATER_THAN_OR_EQUAL": "is at least",
}


@dataclass(frozen=True)
class Filter:
    """A filter in words, and what it is bound to: values by kind (space, domain, account, region, service).

    `sets` is empty where it is not bound, and `not_bound_because` says why.
    """

    words: str
    sets: Sets = field(default_factory=dict)
    not_bound_because: str = ""


def filter_of(budget: Mapping[str, Any]) -> Filter:
    """The filter of a budget as DescribeBudgets gives it."""
    tree = budget.get("FilterExpression") or _tree_of(budget.get("CostFilters") or {})
    if not tree:
        return Filter("", not_bound_because="has no filter: it counts all of its account")
    found = _sets(tree, 0)
    bound = _whole(found) if isinstance(found, dict) else found
    words = plain(_words(tree, 0))
    if isinstance(bound, str):
        return Filter(words, not_bound_because=bound)
    return Filter(words, bound)


def plain(text: str) -> str:
    """A stranger's text on one line, without what cannot be printed, cut where it is long."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _tree_of(filters: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The old form as a tree. What two tag keys in one list mean, AWS does not say: `TagKeyValue` stays."""
    parts: list[dict[str, Any]] = []
    for key, values in sorted(filters.items()):
        if key != "TagKeyValue":
            parts.append({"Dimensions": {"Key": key, "Values": list(values)}})
            continue
        tags: dict[str, list[str]] = {}
        for text in values:
            name, _, value = text.partition("$")
            tags.setdefault(name.removeprefix("user:"), []).append(value)
        leaves = [{"Tags": {"Key": name, "Values": found}} for name, found in tags.items()]
        parts += leaves if len(leaves) == 1 else [{"TagKeyValue": leaves}]
    return parts[0] if len(parts) == 1 else {"And": parts} if parts else {}


def _whole(sets: dict[str, frozenset[str]]) -> dict[str, frozenset[str]] | str:
    """The sets of a whole filter, or why it binds to nothing."""
    if "space" not in sets:
        return sets if "domain" in sets else "names no space and no domain"
    domains = sets.pop("domain", None)
    if domains is not None:
        sets["space"] = frozenset(arn for arn in sets["space"] if _domain_of(arn) in domains)
    return sets if sets["space"] else "no space can meet all of its conditions"


def _domain_of(arn: str) -> str:
    space = SpaceArn.parse(arn)
    return str(space.domain) if space else ""


def _sets(node: Mapping[str, Any], depth: int) -> dict[str, frozenset[str]] | str:
    """What a node is bound to, or why it cannot be bound."""
    roots = [key for key, what in node.items() if what]
    if depth > _DEEPEST:
        return "is nested too deeply"
    if len(roots) != 1:
        return "has a condition that says nothing" if not roots else "mixes conditions unsaid"
    root = roots[0]
    if root == "Not":
        return "leaves something out (NOT)"
    if root == "TagKeyValue":
        return "filters by several tags at once"
    if root in {"And", "Or"}:
        parts = [_sets(child, depth + 1) for child in node[root]]
        refused = next((part for part in parts if isinstance(part, str)), None)
        if refused:
            return refused
        sets = [part for part in parts if isinstance(part, dict)]
        return _all_of(sets) if root == "And" else _any_of(sets)
    if root not in {"Tags", "Dimensions"}:
        return f"filters by {_LEAVES.get(root, 'something unknown')}"
    return _leaf(root, node[root])


def _leaf(root: str, leaf: Mapping[str, Any]) -> dict[str, frozenset[str]] | str:
    key = str(leaf.get("Key", ""))
    key = key.removeprefix("user:") if root == "Tags" else key
    kind = _KINDS.get(key) if (root == "Tags") == key.startswith("sagemaker:") else None
    if kind is None:
        return f"filters by {'tag ' if root == 'Tags' else ''}{plain(key)[:130]}"
    if not set(leaf.get("MatchOptions") or ()) <= _EXACT:
        return f"filters by a part of {key}"
    values = [str(value) for value in leaf.get("Values") or ()]
    if kind in {"space", "domain"}:
        arns = [(SpaceArn if kind == "space" else DomainArn).parse(value) for value in values]
        if not arns or None in arns:
            return f"names a {kind} that is no {kind} ARN"
        values = [str(arn) for arn in arns]
    return {kind: frozenset(values)} if values else "has a condition without values"


def _all_of(parts: Sequence[dict[str, frozenset[str]]]) -> dict[str, frozenset[str]] | str:
    sets: dict[str, frozenset[str]] = {}
    for part in parts:
        for kind, values in part.items():
            sets[kind] = sets[kind] & values if kind in sets else values
    return sets if all(sets.values()) else "no charge can meet all of its conditions"


def _any_of(parts: Sequence[dict[str, frozenset[str]]]) -> dict[str, frozenset[str]] | str:
    kinds = {kind for part in parts for kind in part}
    if len(kinds) != 1 or any(len(part) != 1 for part in parts):
        return "joins different conditions (OR)"
    kind = kinds.pop()
    return {kind: frozenset().union(*(part[kind] for part in parts))}


_LEAVES = {
    "Tags": "tag",
    "Dimensions": "dimension",
    "CostCategories": "cost category",
    "ProductAttributes": "product attribute",
}


def _words(node: Mapping[str, Any], depth: int) -> str:
    """A tree in words; what lies too deep is an ellipsis."""
    if depth > _DEEPEST:
        return "…"
    said = []
    for root, what in node.items():
        if root == "Not":
            said.append(f"not ({_words(what, depth + 1)})")
        elif root in {"And", "Or", "TagKeyValue"}:
            joined = {"And": " and ", "Or": " or "}.get(root, "; ")
            parts = joined.join(_words(child, depth + 1) for child in what)
            said.append(f"({parts})" if depth and len(what) > 1 else parts)
        elif root in _LEAVES and what:
            said.append(_leaf_words(root, what))
    return " ".join(said)


def _leaf_words(root: str, leaf: Mapping[str, Any]) -> str:
    key = str(leaf.get("Key", ""))
    named = key.removeprefix("user:") if root == "Tags" else key
    head = named if root == "Dimensions" else f"{_LEAVES[root]} {named}"
    options = [option for option in leaf.get("MatchOptions") or () if option in _VERBS]
    verb = _VERBS[options[0]] if options else "is"
    values = " or ".join(str(value) or "empty" for value in leaf.get("Values") or ())
    return f"{head} {verb} {values}".rstrip()
