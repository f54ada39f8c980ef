"""`python -m spaceledger` is the command line."""

from spaceledger.cli import start

start()
