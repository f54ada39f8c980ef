"""A list that is read again and again without being held in memory. Imports nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile

# Below this it stays in memory.
_MEMORY = 4 * 1024 * 1024


class Spool:
    """Rows of JSON values, appended once and then read in order, any number of times.

    It outgrows memory into a temporary file that goes with it. One reader at a time.
    """

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_MEMORY, mode="w+b")  # noqa: SIM115
        self._count = 0

    def append(self, row: Sequence[object]) -> None:
        """Adds a row behind the others."""
        self._file.write(json.dumps(row).encode() + b"\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[list[object]]:
        at = 0
        for _ in range(self._count):
            self._file.seek(at)
            line = self._file.readline()
            at = self._file.tell()
            yield json.loads(line)
