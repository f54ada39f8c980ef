"""Who was told of what: one line per alert, level and channel in `home/alerts.jsonl`.

A line is on disk before the next message leaves, so a crash between a channel's answer and that line
can repeat one message and lose none. What a crash left half written at the end is cut off when the
journal is opened next. A line in the middle that cannot be read is damage from elsewhere: it is
reported and passed over, because a message told twice is better than none told any more.
A channel is known by the name of its variable; its address is never written down.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """A channel was told of an alert at a level."""

    told_at: datetime
    channel: str
    alert_key: str
    level: int


@dataclass(frozen=True)
class Journal:
    """What was told so far: the highest level of each alert per channel, and lines that are damaged."""

    path: Path
    told: dict[tuple[str, str], Entry]
    damaged_lines: tuple[int, ...]

    def is_told(self, channel: str, alert_key: str, level: int) -> bool:
        """Whether a channel was told of an alert at this level or worse."""
        entry = self.told.get((channel, alert_key))
        return entry is not None and entry.level >= level

    def told_on(self, channel: str, alert_key: str) -> date | None:
        """When a channel was told of an alert, at any level."""
        entry = self.told.get((channel, alert_key))
        return entry.told_at.date() if entry else None


def open_journal(path: Path) -> Journal:
    """The journal, made where there is none and mended at its end. Raises OSError.

    It is opened for writing first: who cannot write down what was told must not tell.
    """
    is_fresh = not path.exists()
    with path.open("ab+") as file:
        file.seek(0)
        whole = file.read()
        lines = whole.split(b"\n")
        torn = lines.pop()
        if torn and _entry(torn):
            file.write(b"\n")
            lines.append(torn)
        elif torn:
            file.truncate(len(whole) - len(torn))
        file.flush()
        os.fsync(file.fileno())
    if is_fresh:
        _sync_folder(path.parent)
    told: dict[tuple[str, str], Entry] = {}
    damaged = []
    for number, line in enumerate(lines, start=1):
        entry = _entry(line)
        if entry is None:
            damaged.append(number)
            continue
        known = told.get((entry.channel, entry.alert_key))
        if known is None or entry.level >= known.level:
            told[entry.channel, entry.alert_key] = entry
    return Journal(path, told, tuple(damaged))


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Writes entries down and waits until they are on disk. Raises OSError."""
    lines = [
        json.dumps(
            {
                "told_at": entry.told_at.isoformat(),
                "channel": entry.channel,
                "alert_key": entry.alert_key,
                "level": entry.level,
            }
        )
        for entry in entries
    ]
    if not lines:
        return
    with path.open("ab") as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
        file.flush()
        os.fsync(file.fileno())


def _entry(line: bytes) -> Entry | None:
    try:
        row = json.loads(line)
        told_at = datetime.fromisoformat(row["told_at"])
        channel, alert_key, level = row["channel"], row["alert_key"], row["level"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    is_whole = isinstance(channel, str) and isinstance(alert_key, str) and type(level) is int
    return Entry(told_at, channel, alert_key, level) if is_whole else None


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
