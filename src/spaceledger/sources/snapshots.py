"""What an API tells of the present: tables of a moment, from which the ledger keeps a history."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

import pyarrow as pa

from spaceledger.errors import SourceError
from spaceledger.sources.bills import Problem

Told = TypeVar("Told")


@dataclass(frozen=True)
class Snapshot:
    """All that one API told at one time, of one account and region for instance.

    `source` says whose word it is, "sagemaker 345678901234 us-east-1". `tables` are named as those of
    schema `raw` and have their columns, but for `source`, `seen_from` and `seen_until`; a table without
    rows says that there is nothing, a table left out says nothing. What changes by itself every minute
    stays out, so that nothing new is no news.
    """

    source: str
    tables: Mapping[str, pa.Table]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Equal where the tables hold the same rows, in whatever order."""
        digest = hashlib.sha256()
        for name, table in sorted(self.tables.items()):
            rows = {json.dumps(row, sort_keys=True, default=str) for row in table.to_pylist()}
            digest.update("\n".join([name, *table.column_names, *sorted(rows), ""]).encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Question:
    """One thing to ask an API for; `asked_as` tells it from all others, by the configuration alone.

    `ask` raises SourceError where it is not answered whole: what was told before then stands. How bad
    that is, `severity` says. With `with_bills` it is left out where events alone are asked for.
    """

    asked_as: str
    ask: Callable[[], Snapshot]
    severity: Literal["error", "warning", "notice"] = "error"
    with_bills: bool = False


def understood(ask: Callable[[], Told], where: str) -> Told:
    """What an API told. Raises SourceError where it is not answered, or by something never seen of it."""
    try:
        return ask()
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # Not even its words are quoted, which may hold what was answered.
        raise SourceError(
            f"AWS answered something unknown ({type(error).__name__})",
            where=where,
            todo="run again, and report it as a fault of this version where it stays",
        ) from None
