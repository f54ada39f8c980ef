"""Keeps `landing/` tidy. What lies there can be fetched again, or is in the ledger already."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from time import time


def tidy(landing: Path, keep_days: int | None) -> None:
    """Removes what killed runs left half-written, and files fetched more than `keep_days` days ago.

    Manifests stay: each run reads them all, and AWS may have archived the old ones.

    Call it under the lock: nobody else is fetching then.
    """
    if not landing.is_dir():
        return
    oldest = time() - timedelta(days=keep_days).total_seconds() if keep_days is not None else None
    for path in landing.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        is_old = oldest is not None and path.stat().st_mtime < oldest and path.suffix != ".json"
        if path.suffix == ".part" or is_old:
            path.unlink(missing_ok=True)
