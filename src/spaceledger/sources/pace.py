"""Requests at the rate that an API allows, so that it need not refuse them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Pace:
    """Lets one request through in so many seconds; `now` and `sleep` are in seconds too."""

    seconds: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _free_at: float = 0

    def wait(self) -> None:
        """Returns when the next request may be made, and counts it."""
        early = self._free_at - self.now()
        if early > 0:
            self.sleep(early)
        self._free_at = max(self._free_at, self.now()) + self.seconds


@dataclass(frozen=True)
class Paced:
    """A client whose every request keeps to a pace, one that is made again too."""

    client: Any
    pace: Pace

    def __getattr__(self, operation: str) -> Any:
        method = getattr(self.client, operation)

        def paced(**arguments: Any) -> Any:
            self.pace.wait()
            return method(**arguments)

        return paced
