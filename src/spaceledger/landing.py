"""How files come into `landing/`, and go. What lies there can be fetched again, or is in the ledger already.

Paths are text here: with pathlib's, a small object would take a tenth longer.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import time
from typing import BinaryIO, TypeVar

# Where files lie until they are whole: of `landing/` itself.
PARTS = "parts"

Made = TypeVar("Made")

_TOKEN = os.urandom(4).hex()
_numbers = itertools.count()


def partial_in(landing: Path) -> str:
    """A path for a file that is being made, which no other thread or process is given."""
    return f"{landing}/{PARTS}/{_TOKEN}-{os.getpid()}-{next(_numbers)}.part"


def opened(path: str) -> BinaryIO:
    """The file, empty, to be written."""
    return _in_its_folder(path, lambda: open(path, "wb"))  # noqa: PTH123


def settle(partial: str, target: str) -> None:
    """Gives a file that is whole the name that it keeps."""
    _in_its_folder(target, lambda: os.replace(partial, target))  # noqa: PTH105


def size_of(path: str) -> int | None:
    """In bytes; None where no file is."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except FileNotFoundError:
        return None


def _in_its_folder(path: str, make: Callable[[], Made]) -> Made:
    """What `make` returns; the path's folder is made where it is missing, which is seldom."""
    try:
        return make()
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        return make()


def tidy(landing: Path, keep_days: int | None) -> None:
    """Removes what killed runs left half-written, and files fetched more than `keep_days` days ago.

    Manifests stay: each run reads them all, and AWS may have archived the old ones.

    Call it under the lock: nobody else is fetching then.
    """
    if landing.is_symlink() or not landing.is_dir():
        return
    for path in (landing / PARTS).glob("*.part"):
        path.unlink(missing_ok=True)
    if keep_days is None:
        return  # a walk through a million files takes ten seconds
    oldest = time() - timedelta(days=keep_days).total_seconds()
    for path in landing.rglob("*"):
        is_file = path.is_file() and not path.is_symlink()
        if is_file and path.suffix != ".json" and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
