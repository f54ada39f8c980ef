"""A full disk: one line of error, exit 1, and the published build untouched."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from tests.bills import SPACE, write_cur
from tests.conftest import Ledger

# No file may grow past the limit; the write that tries fails as it does on a full disk.
LIMITED = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from spaceledger.cli import main
main()
"""


@pytest.mark.parametrize("room", ["for nothing", "for the copy", "for the load"])
def test_a_full_disk_publishes_nothing(ledger: Ledger, room: str) -> None:
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "1"}])
    first = ledger.run()
    lines = [{"space": SPACE, "cost": "1", "description": f"{i:x}" * 50} for i in range(20_000)]
    write_cur(ledger.bill, "2026-09", lines, assembly="assembly-2")
    size = (ledger.home / "ledger.duckdb").resolve().stat().st_size
    limit = {"for nothing": 4096, "for the copy": size, "for the load": size + 600_000}[room]
    command = [sys.executable, "-c", LIMITED, str(limit), "run", "--config", str(ledger.config)]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 1, result.stderr
    assert "Traceback" not in result.stderr, result.stderr[-1500:]
    assert result.stderr.count("\n") == 1
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal(1),)
    ]
    again = ledger.run()
    assert again.published
    assert again.build_id != first.build_id
    assert ledger.query("select sum(effective_cost) from marts.space_spend_daily") == [
        (Decimal(20_000),)
    ]
