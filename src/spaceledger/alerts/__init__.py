"""Tells people what needs a look, once, wherever they read. The only place that imports apprise."""

from spaceledger.alerts.channels import read_channels
from spaceledger.alerts.telling import OnNew, Problem, Sent, Told, tell
from spaceledger.alerts.words import Message, message, text

__all__ = [
    "Message",
    "OnNew",
    "Problem",
    "Sent",
    "Told",
    "message",
    "read_channels",
    "tell",
    "text",
]
