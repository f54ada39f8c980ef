"""Where messages go: addresses out of environment variables, spoken to through Apprise.

An address is a secret. It is in no error, no journal and no log: what Apprise and its HTTP client
log is caught here, and only what is known to be harmless is said of a failure.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# A receiver that takes longer may well have taken the message, and would get it again.
READ_TIMEOUT_SECONDS = 10.0
_LOGGERS = ("apprise", "requests", "urllib3")


@dataclass(frozen=True, slots=True)
class Channel:
    """One address, known by the name of its variable; `NAME[2]` is the second that variable holds."""

    name: str
    address: str = field(repr=False)


def read_channels(names: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """What the named variables hold; empty where one is not set."""
    return {name: environment.get(name, "") for name in names}


def channels_in(name: str, value: str) -> list[Channel]:
    """The channels one variable names, each told on its own: one that fails repeats none."""
    return [
        Channel(name if place == 1 else f"{name}[{place}]", address)
        for place, address in enumerate(value.split(), start=1)
    ]


class Receiver:
    """An address Apprise understands, ready to be written to."""

    def __init__(self, apprise: Any) -> None:
        self._apprise = apprise

    def send(self, title: str, body: str, *, is_failure: bool) -> str | None:
        """Sends one message. Returns why it was not accepted, or None; never raises."""
        from apprise import NotifyFormat, NotifyType

        kind = NotifyType.FAILURE if is_failure else NotifyType.WARNING
        with _caught_logs() as said:
            try:
                accepted = self._apprise.notify(
                    body=body, title=title, notify_type=kind, body_format=NotifyFormat.MARKDOWN
                )
            except Exception:  # of any of a hundred services; its text may hold the address
                accepted = False
        return None if accepted else _reason(said)


def open_receiver(channel: Channel) -> Receiver | None:
    """The receiver of a channel, or None where Apprise does not understand the address."""
    # Takes half a second, and few commands tell anybody anything.
    from apprise import Apprise, AppriseAsset, OverflowMode, URLBase

    # A redirect turns a POST into a GET of some page, whose "200 OK" is no delivery. Pictures would
    # be fetched from the library's own site.
    asset = AppriseAsset(
        app_id="spaceledger",
        app_desc="What every SageMaker shared space costs",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        async_mode=False,
        http_redirects=False,
    )
    with _caught_logs():
        try:
            service = Apprise.instantiate(channel.address, asset=asset)
        except Exception:  # its text may hold the address
            service = None
    if service is None:
        return None
    service.optional = False  # `optional=yes` would count a failure as told
    if service.overflow_mode == OverflowMode.UPSTREAM:
        service.overflow_mode = OverflowMode.SPLIT
    if service.socket_read_timeout == URLBase.socket_read_timeout:
        service.socket_read_timeout = READ_TIMEOUT_SECONDS
    apprise = Apprise(asset=asset)
    apprise.add(service)
    return Receiver(apprise)


def _reason(said: list[str]) -> str:
    """Why a message was not accepted, in words of our own."""
    text = "\n".join(said)
    if status := re.search(r"\berror=(\d{3})\b", text):
        return f"answered with HTTP status {status[1]}"
    if re.search(r"connection error|socket exception|time[d]? ?out", text, re.IGNORECASE):
        return "did not answer, or refused the connection"
    return "did not accept the message"


class _Catcher(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _caught_logs() -> Iterator[list[str]]:
    """Keeps what the libraries log from every handler, here and further up."""
    catcher = _Catcher()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [(logger, logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [catcher], False
    try:
        yield catcher.said
    finally:
        for logger, handlers, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
