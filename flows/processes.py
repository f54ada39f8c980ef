"""The processes of `make serve`: each in a session of its own, so that Ctrl-C stops them in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from spaceledger.errors import SpaceledgerError

Process = subprocess.Popen[bytes]
PREFECT = (sys.executable, "-m", "prefect")
START_SECONDS = 120
STOP_SECONDS = 20


@contextmanager
def running(
    words: str, folder: Path, known: dict[str, str], log: Path | None = None
) -> Iterator[Process]:
    """A `prefect` command that runs until the block ends; what it says goes to `log`, if there is one."""
    command = [*PREFECT, *words.split()]
    with (log or Path(os.devnull)).open("ab") as file:
        to = file if log else None
        process = subprocess.Popen(  # noqa: S603 (words of our own)
            command, cwd=folder, env=known, stdout=to, stderr=to, start_new_session=True
        )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: Process) -> None:
    """Asks what it started to end, so that Prefect learns how those runs ended; then the process itself."""
    deadline = time.monotonic() + STOP_SECONDS
    asked: set[int] = set()
    while time.monotonic() < deadline and (started := _children(process.pid)):
        for pid in started - asked:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        asked |= started
        time.sleep(0.2)
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _children(parent: int) -> set[int]:
    """The processes that a process started. Each run is one, in a session of its own."""
    listing = ["ps", "-A", "-o", "pid=,ppid="]
    listed = subprocess.run(listing, check=True, capture_output=True, text=True)  # noqa: S603
    pairs = (line.split() for line in listed.stdout.splitlines())
    return {int(pid) for pid, started_by in pairs if int(started_by) == parent}


def finds(port: int, path: str, process: Process, log: Path) -> None:
    """Returns once the server finds an address; raises SpaceledgerError where that never comes."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        link = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            link.request("GET", path)
            if link.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            link.close()
        time.sleep(0.2)
    raise SpaceledgerError("the server or the worker did not start", todo=f"see {log}")
