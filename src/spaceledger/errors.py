"""Errors carry fields and build one line: what, where, what to do. Imports nothing of ours."""

from __future__ import annotations


class SpaceledgerError(Exception):
    """A fault a person can act on: what went wrong, where, and what to do about it."""

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what = what
        self.where = where
        self.todo = todo
        super().__init__(self.line())

    def line(self) -> str:
        """The whole message on one line, whatever strangers put into its parts.

        What cannot be printed is dropped: a terminal would take it for an order.
        """
        parts = [f"{self.where}: {self.what}" if self.where else self.what, self.todo]
        whole = " - ".join(part for part in parts if part)
        shown = "".join(char for char in whole if char.isprintable() or char.isspace())
        return " ".join(shown.split())


class ConfigError(SpaceledgerError):
    """The configuration is wrong; the message names the key and the line."""


class HomeError(SpaceledgerError):
    """The home folder cannot be used: locked, unreadable or full."""


class LockedError(HomeError):
    """Another run holds the ledger's lock."""


class SourceError(SpaceledgerError):
    """A source, or one thing in it, cannot be read.

    `code` is AWS's error code, and `said` its message without what could be a secret; both may be empty.
    `is_of_the_whole` tells a fault of the source as a whole, which ends a pull, from that of one object.
    """

    code: str = ""
    said: str = ""
    is_of_the_whole = False


class AccessError(SourceError):
    """The access to a source is at fault: credentials, role, region, bucket."""

    is_of_the_whole = True


class TransientSourceError(SourceError):
    """A source did not answer this time; a retry may help."""

    is_of_the_whole = True


class AlteredSourceError(TransientSourceError):
    """An object's bytes are not those that were stored, however often it is asked for."""

    is_of_the_whole = False


class ChangedSourceError(TransientSourceError):
    """An object is no longer what was listed: it must be listed anew, not merely asked for again."""

    is_of_the_whole = False


class DeliveryError(SpaceledgerError):
    """One delivery cannot be loaded: it is held back and its period keeps its previous version."""

    def __init__(self, problem: str, what: str, *, where: str = "", todo: str = "") -> None:
        self.problem = problem
        super().__init__(what, where=where, todo=todo)


class ModelError(SpaceledgerError):
    """A SQL model is wrong: its header, its references or its columns."""


class CheckError(SpaceledgerError):
    """A check found rows that must not exist, so nothing was published."""


class QueryError(SpaceledgerError):
    """A query a person gave cannot be run."""
