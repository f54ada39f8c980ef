"""The command line: parses, calls the pipeline, prints."""

from spaceledger.cli import about, reading, running
from spaceledger.cli.group import main

__all__ = ["about", "main", "reading", "running"]
