"""Waiting for one's turn: one flow run per ledger at a time, and none fails because another is under way.

`spaceledger run` refuses at once where another run holds the ledger: a person is there to read it.
A scheduled run has nobody, so it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TypeVar

from filelock import FileLock, Timeout

from spaceledger.errors import HomeError, LockedError
from spaceledger.paths import Home

# Longer than the longest backfill, shorter than a day: the next daily run must not find this one waiting.
PATIENCE_SECONDS = 6 * 3600.0
_POLL_SECONDS = 1.0
_SAY_EVERY_SECONDS = 300.0

Say = Callable[[str], object]
T = TypeVar("T")


def patiently(work: Callable[[], T], say: Say, patience: float = PATIENCE_SECONDS) -> T:
    """Does `work` as soon as nobody else holds the ledger's lock; says at times whom it waits for.

    Work must take the lock before anything else, as every step of the pipeline does. `patience` is in
    seconds; raises LockedError once it has run out.
    """
    began = monotonic()
    next_word = began
    while True:
        try:
            return work()
        except LockedError as error:
            now = monotonic()
            if now - began >= patience:
                raise
            if now >= next_word:
                say(f"waiting for its turn: {error.where} {error.what}")
                next_word = now + _SAY_EVERY_SECONDS
        sleep(_POLL_SECONDS)


@contextmanager
def turn(home: Home, say: Say, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Keeps a ledger for one flow run from its first step to its last; others that ask wait meanwhile.

    The system frees it however the process ends. Raises LockedError where others hold it longer than
    `patience` seconds, HomeError where the home cannot be written.
    """
    lock = FileLock(home.turn, timeout=0)

    def take() -> None:
        try:
            home.root.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise LockedError(
                "has a flow run under way",
                where=str(home.root),
                todo="wait for it to end, or cancel it, then run again",
            ) from None
        except OSError as error:
            raise HomeError(f"cannot be locked ({error.strerror})", where=str(home.root)) from error

    patiently(take, say, patience)
    try:
        yield
    finally:
        lock.release()
