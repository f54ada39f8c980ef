"""What `spaceledger doctor` finds: a value, and how a fault of a source becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spaceledger.errors import SpaceledgerError

Level = Literal["ok", "note", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and the next step where it is not well."""

    level: Level
    subject: str
    what: str
    todo: str = ""


def refused(subject: str, error: SpaceledgerError, level: Level = "fault") -> Finding:
    """What a source answered instead; the subject need not be said twice."""
    where = "" if error.where in {"", subject} else f"{error.where}: "
    return Finding(level, subject, f"{where}{error.what}", error.todo)
