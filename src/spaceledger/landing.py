"""Keeps `landing/` tidy. What lies there can be fetched again, or is in the ledger already."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from time import time

# Where files lie until they are whole: of `landing/` itself.
PARTS = "parts"


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
