"""Days of calls kept in `landing`, a log file each, under its name only once it is whole.

A day is OPEN where it was asked for before its end or soon after, WHOLE where later, and SETTLED where so
late that nothing more of it is to come.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from spaceledger.errors import HomeError

SETTLED, WHOLE, OPEN = "settled", "whole", "open"
_NAME = re.compile(rf"(\d{{4}}-\d\d-\d\d)\.(?:{WHOLE}|{SETTLED})\.json\.gz")


def path_of_day(folder: Path, day: date, mark: str) -> Path:
    """Where a day lies that was kept as OPEN, WHOLE or SETTLED."""
    return folder / f"{day}.{mark}.json.gz"


def days_kept(folder: Path) -> set[date]:
    """The days, whole or settled, that a folder keeps, those that the API has forgotten too."""
    found = (_NAME.fullmatch(path.name) for path in folder.glob("*.gz"))
    return {date.fromisoformat(each[1]) for each in found if each}


def kept_day(folder: Path, day: date, marks: Iterable[str]) -> tuple[str, bytes] | None:
    """The first mark under which a day is kept, and what it holds; damaged files do not count."""
    for mark in marks:
        try:
            return mark, gzip.decompress(path_of_day(folder, day, mark).read_bytes())
        except (OSError, EOFError, zlib.error):
            continue
    return None


def keep_day(folder: Path, day: date, mark: str, body: bytes) -> None:
    """Keeps a day, in place of what was asked of it earlier. Raises HomeError where it cannot be written."""
    path = path_of_day(folder, day, mark)
    partial = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(gzip.compress(body, mtime=0))
        partial.replace(path)
        for earlier in {WHOLE: (OPEN,), SETTLED: (OPEN, WHOLE)}.get(mark, ()):
            path_of_day(folder, day, earlier).unlink(missing_ok=True)
    except OSError as error:
        todo = "free disk space, or allow writing there"
        raise HomeError(
            f"cannot be written ({error.strerror})", where=str(path), todo=todo
        ) from error
