"""A run that is killed between the files of a trail: the next one ends as if nothing had happened."""

from __future__ import annotations

import random
import signal
import subprocess
import sys

import pytest

from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_incremental_events import CONFIGURATION, arn, call, everything, write_log

FILES = 24
# Batches of three files, so that some are in the work database when the process is killed.
KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from spaceledger import pipeline
from spaceledger.settings import load_settings
from spaceledger.sources import trails
trails._BATCH_FILES = 3
seen, read = 0, trails.read_log
def read_log(path):
    global seen
    seen += 1
    if seen > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return read(path)
trails.read_log = read_log
pipeline.run(load_settings(Path(sys.argv[1])), as_of=date(2026, 11, 24))
"""


def write_trail(ledger: Ledger, first: int, last: int) -> None:
    for number in range(first, last):
        day = f"2026-09-{number + 1:02d}"
        space = SPACE if number % 2 else OTHER_SPACE
        events = [
            call("CreateEndpoint", f"e{number}", space, f"{day}T01:00:00Z"),
            call("CreateApp", f"a{number}", space, f"{day}T08:00:00Z"),
            call("UpdateSpace", "", space, f"{day}T09:00:00Z"),
        ]
        write_log(ledger.root / "trail", f"log-{number:02d}", events)


@pytest.mark.parametrize("files_read", random.Random(11).sample(range(FILES), 2))
def test_kill_9_between_files_loses_nothing(ledger: Ledger, make_ledger, files_read: int) -> None:
    ledger.configure(CONFIGURATION.format(""))
    rows = [
        {"resource": arn(f"e{n}"), "cost": "2", "day": f"2026-09-{n + 1:02d}"} for n in range(FILES)
    ]
    write_cur(ledger.bill, "2026-09", rows)
    write_trail(ledger, 0, 2)
    ledger.run()
    before = everything(ledger)

    write_trail(ledger, 2, FILES + 2)
    command = [sys.executable, "-c", KILLED, str(ledger.config), str(files_read)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    assert everything(ledger) == before
    assert ledger.run().read == (("trail", FILES, 3 * FILES, 3 * FILES),)

    undisturbed = make_ledger("undisturbed")
    undisturbed.configure(CONFIGURATION.format("../"))
    undisturbed.run()
    assert everything(undisturbed) == everything(ledger)
