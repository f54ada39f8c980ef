"""The command line: parses, calls the pipeline, prints."""

import gc

from spaceledger.cli import about, reading, running
from spaceledger.cli.group import main

__all__ = ["about", "collect_seldom", "main", "reading", "running", "start"]


def start() -> None:
    """The command `spaceledger`, in a process of its own."""
    collect_seldom()
    main()


def collect_seldom() -> None:
    """Lets this process look for cyclic garbage seldom.

    Python would walk through all that is imported again and again, a tenth of the time of a short pull,
    and a command makes next to no cycles.
    """
    gc.set_threshold(200_000, 20, 20)
