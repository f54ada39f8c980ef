"""What a Prefect server of this clone alone works in: its folder and its environment."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".prefect"  # the server's database: past runs are there after a restart


# Anything else of Prefect's may name another server: its key must not come here, nor our runs there.
TAKEN = ("PREFECT_LOGGING_", "PREFECT_WORKER_")


def environment(port: int, config: Path, keep: Path) -> dict[str, str]:
    """The caller's, credentials and channels of alerts with it, and what makes the server ours alone."""
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith("PREFECT_") or name.startswith(TAKEN)
    }
    past_proxies = ",".join(filter(None, (os.environ.get("NO_PROXY"), "127.0.0.1")))
    return kept | {
        "NO_PROXY": past_proxies,
        "no_proxy": past_proxies,
        "PREFECT_HOME": str(keep),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        # The server asks for no password, so no other page of the browser may talk to it.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port}",
        # In memory, a slot that is taken when the server stops would never be free again.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "SPACELEDGER_CONFIG": str(config),
    }
