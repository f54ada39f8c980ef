"""Tells each channel of each alert once, and again when it gets worse. No channel stops another.

Two calls for one home must not overlap; whoever calls holds the home's lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spaceledger.alerts.channels import Channel, channels_in, open_receiver
from spaceledger.alerts.journal import Entry, Journal, append, open_journal
from spaceledger.alerts.words import Message, Row, digest, message
from spaceledger.settings import RUN

if TYPE_CHECKING:
    import pyarrow as pa

# Levels compare alerts of one kind; between kinds this does.
GRAVEST_FIRST = ("breached", "held_back", "stale", "breach_forecast", "anomaly", "threshold")
_PLACES = {kind: place for place, kind in enumerate(GRAVEST_FIRST)}
OnNew = Callable[[Message], object]
IN_FULL = 10  # more in one run than anyone reads; the rest is one list


class Sent(NamedTuple):
    """A channel was told of an alert."""

    channel: str
    alert_key: str
    level: int


class Problem(NamedTuple):
    """What kept people from being told. Holds no address."""

    channel: str
    problem: str
    detail: str


@dataclass(frozen=True)
class Told:
    """What is new to everybody, who was told of what, and who could not be."""

    new: tuple[Message, ...] = ()
    sent: tuple[Sent, ...] = ()
    problems: tuple[Problem, ...] = ()
    silent: str = ""  # why nobody was told of anything


def tell(
    alerts: pa.Table,
    movers: pa.Table,
    channels: Mapping[str, str],
    journal: Path,
    now: datetime,
    *,
    pages: str,
    build_id: str,
    on_new: OnNew = lambda _: None,
) -> Told:
    """Tells channels (variable name to what it holds) of what they were not told at this level.

    Never raises for a channel or the journal: what fails is a problem, and is tried again when told
    next. `new` is what no run told before at this level, whether or not there is a channel; `on_new` is
    called with each before that is noted, so that a crash can repeat it and lose nothing.
    """
    rows = sorted(
        alerts.to_pylist(), key=lambda row: (_PLACES.get(row["kind"], len(_PLACES)), -row["level"])
    )
    causes: dict[str, list[Row]] = defaultdict(list)
    for mover in movers.to_pylist():
        causes[mover["alert_key"]].append(mover)
    sent: list[Sent] = []
    problems: list[Problem] = []
    new: list[Message] = []
    try:
        book = open_journal(journal)
        problems += _damages(book)

        def due(channel: str) -> list[Message]:
            return [
                message(row, causes[row["alert_key"]], pages, build_id,
                        book.told_on(channel, row["alert_key"]))
                for row in rows
                if not book.is_told(channel, row["alert_key"], row["level"])
            ]  # fmt: skip

        for name, value in channels.items():
            if not value.strip():
                problems.append(_missing(name))
            for channel in channels_in(name, value):
                for told in _tell_channel(channel, due(channel.name), pages, build_id):
                    if isinstance(told, Problem):
                        problems.append(told)
                    else:
                        append(book.path, _entries(channel.name, told, now))
                        sent += [Sent(channel.name, one.alert_key, one.level) for one in told]
        for one in due(RUN):
            on_new(one)
            append(book.path, _entries(RUN, [one], now))
            new.append(one)
    except OSError as error:
        detail = f"{journal}: {error.strerror or 'cannot be written'}; nothing more is sent"
        problems.append(Problem(RUN, "alert_journal_failed", detail))
    return Told(tuple(new), tuple(sent), tuple(problems))


def _tell_channel(
    channel: Channel, due: Sequence[Message], pages: str, build_id: str
) -> Iterator[Sequence[Message] | Problem]:
    """Yields what was accepted, message by message; ends with the first failure.

    A receiver that is down must cost one time-out, not one for each alert.
    """
    if not due:
        return
    receiver = open_receiver(channel)
    if receiver is None:
        yield Problem(channel.name, "alert_channel_unknown",
                      "holds an address that Apprise does not understand")  # fmt: skip
        return
    full, rest = due[:IN_FULL], due[IN_FULL:]
    letters = [([one], one.title, one.body) for one in full]
    if rest:
        letters.append((list(rest), *digest(rest, pages, build_id)))
    for told, title, body in letters:
        is_failure = any(one.kind == "breached" for one in told)
        reason = receiver.send(title, body, is_failure=is_failure)
        if reason:
            detail = f"{reason}; it is told at the next run"
            yield Problem(channel.name, "alert_channel_failed", detail)
            return
        yield told


def _entries(channel: str, told: Sequence[Message], now: datetime) -> list[Entry]:
    return [Entry(now, channel, one.alert_key, one.level) for one in told]


def _missing(name: str) -> Problem:
    return Problem(
        name, "alert_channel_missing", "the environment variable is not set, or is empty"
    )


def _damages(book: Journal) -> Iterator[Problem]:
    if book.damaged_lines:
        lines = ", ".join(str(number) for number in book.damaged_lines[:5])
        more = len(book.damaged_lines) - 5
        yield Problem(
            RUN,
            "alert_journal_damaged",
            f"{book.path}: cannot be read in line {lines}{f' and {more} more' if more > 0 else ''};"
            " what stood there may be told twice; remove the line",
        )
