"""An alert as a title and a body people understand: what, how much, why, and where to look.

The body is Markdown of paragraphs and plain lists alone, which also reads well where it is shown as
it is; as Markdown it reaches mail as paragraphs that wrap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from spaceledger.alerts.plain import chance, money, percent, plain, quoted

Row = Mapping[str, Any]
LISTED_MOVERS = 5
# Slack takes 3,000 characters in one block; beyond that nobody reads on.
_LISTED_CHARACTERS = 2400
_TITLE_LENGTH = 140  # Slack's limit is 150
_RESOURCE_LENGTH = 120
_DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Message:
    """One alert in words."""

    alert_key: str
    kind: str
    level: int
    title: str
    body: str


def message(
    alert: Row, movers: Sequence[Row], pages: str, build_id: str, told_on: date | None = None
) -> Message:
    """An alert in words, with what later steps know it by."""
    title, body = text(alert, movers, pages, build_id, told_on)
    return Message(alert["alert_key"], alert["kind"], alert["level"], title, body)


def text(
    alert: Row, movers: Sequence[Row], pages: str, build_id: str, told_on: date | None = None
) -> tuple[str, str]:
    """Title and body of an alert. `told_on`: when a lesser level of it was told to the same reader."""
    title, facts = _KINDS.get(alert["kind"], _other)(alert)
    told = f"worse than told on {told_on}" if told_on else ""
    paragraphs = [*([f"This is {told}."] if told else []), *facts, *_why(alert, movers)]
    paragraphs += _footer(pages, build_id, alert.get("data_through"))
    return _titled(title, told), "\n\n".join(paragraphs)


def digest(messages: Sequence[Message], pages: str, build_id: str) -> tuple[str, str]:
    """Title and body of one message for many alerts."""
    count = len(messages)
    lines: list[str] = []
    left = _LISTED_CHARACTERS
    for one in messages:
        left -= len(one.title) + 3
        if left < 0:
            lines.append(f"- and {count - len(lines)} more, which the pages show")
            break
        lines.append(f"- {one.title}")
    title = f"{count:,} more alerts" if count > 1 else "One more alert"
    return title, "\n\n".join(["\n".join(lines), *_footer(pages, build_id, None)])


def _titled(title: str, told: str) -> str:
    suffix = f" ({told})" if told else ""
    room = _TITLE_LENGTH - len(suffix)
    return (title if len(title) <= room else title[: room - 1] + "…") + suffix


def _footer(pages: str, build_id: str, data_through: date | None) -> list[str]:
    through = f"data through {data_through}, " if data_through else ""
    return [f"Where to look: {pages}", f"Numbers: {through}build {build_id}."]


def _amount(alert: Row, name: str) -> str:
    value = alert.get(name)
    return "an unknown amount" if value is None else money(value, alert.get("billing_currency"))


def _period(alert: Row) -> str:
    start, end = alert.get("period_start"), alert.get("period_end")
    return f", {start} to {end}" if start and end else f", from {start}" if start else ""


def _spent(alert: Row) -> str:
    amount, spent = alert.get("amount"), alert.get("spent")
    share = f" ({percent(spent / amount)})" if amount and spent is not None else ""
    return f"Spent {_amount(alert, 'spent')} of {_amount(alert, 'amount')}{share}{_period(alert)}."


def _forecast(alert: Row) -> Iterator[str]:
    if alert.get("forecast") is not None:
        low, high = alert.get("forecast_low"), alert.get("forecast_high")
        known = low is not None and high is not None
        span = f", between {_amount(alert, 'forecast_low')} and {_amount(alert, 'forecast_high')}"
        yield f"At this pace the period ends at {_amount(alert, 'forecast')}{span if known else ''}."
    probability = alert.get("breach_probability")
    if probability is not None:
        word, number = chance(probability)
        on = f", about {alert['breach_date']}" if alert.get("breach_date") else ""
        yield f"The budget will {word} be exceeded ({number}){on}."


def _threshold(alert: Row) -> tuple[str, list[str]]:
    amount, spent, threshold = alert.get("amount"), alert.get("spent"), alert.get("threshold")
    share = f"{percent(spent / amount)} of " if amount and spent is not None else ""
    title = f"Budget {quoted(alert['subject'])} has used {share}{_amount(alert, 'amount')}"
    asked = f" You asked to be told at {percent(threshold)}." if threshold is not None else ""
    return title, [_spent(alert) + asked, *_sentences(_forecast(alert)), *_scope(alert)]


def _breach_forecast(alert: Row) -> tuple[str, list[str]]:
    probability = alert.get("breach_probability")
    word, number = chance(probability) if probability is not None else ("possibly", "")
    title = f"Budget {quoted(alert['subject'])} will {word} be exceeded"
    title += f" ({number})" if number else ""
    return title, [*_sentences(_forecast(alert)), _spent(alert), *_scope(alert)]


def _breached(alert: Row) -> tuple[str, list[str]]:
    amount, spent = alert.get("amount"), alert.get("spent")
    over = spent - amount if amount is not None and spent is not None else None
    by = f" by {money(over, alert.get('billing_currency'))}" if over else ""
    how = f"is exceeded{by}" if over != Decimal(0) else "is used up"
    title = f"Budget {quoted(alert['subject'])} {how}"
    ends = [one for one in _forecast(alert) if one.startswith("At ")]
    return title, [_spent(alert), *_sentences(ends), *_scope(alert)]


def _anomaly(alert: Row) -> tuple[str, list[str]]:
    on = f" on {alert['usage_date']}" if alert.get("usage_date") else ""
    name = alert.get("space_name") or alert["subject"]
    title = f"Space {quoted(name)} cost {_amount(alert, 'actual')}{on}, more than expected"
    fact = f"The cost{on} was {_amount(alert, 'actual')}."
    if alert.get("expected_high") is not None:
        fact += f" No more than {_amount(alert, 'expected_high')} was to be expected."
    return title, [fact, *_detail(alert), *_scope(alert)]


def _stale(alert: Row) -> tuple[str, list[str]]:
    through = alert.get("data_through")
    since = f"nothing newer than {through}" if through else "nothing new"
    title = f"Source {quoted(alert['subject'])} has delivered {since}"
    fact = (
        "What happened since then is in no number, no budget and no forecast."
        " See that it is still delivered, and that the ledger may read it; the command"
        " spaceledger doctor says what is missing."
    )
    return title, [fact, *_detail(alert)]


def _held_back(alert: Row) -> tuple[str, list[str]]:
    title = f"Source {quoted(alert['subject'])} sent something that is held back"
    return title, [*_detail(alert), "What was published of it before stands."]


def _other(alert: Row) -> tuple[str, list[str]]:
    kind = plain(alert["kind"]).replace("_", " ").capitalize()
    return f"{kind}: {quoted(alert['subject'])}", [*_detail(alert), *_scope(alert)]


_KINDS: dict[str, Callable[[Row], tuple[str, list[str]]]] = {
    "threshold": _threshold,
    "breach_forecast": _breach_forecast,
    "breached": _breached,
    "anomaly": _anomaly,
    "stale": _stale,
    "held_back": _held_back,
}


def _sentences(sentences: Iterable[str]) -> list[str]:
    joined = " ".join(sentences)
    return [joined] if joined else []


def _scope(alert: Row) -> list[str]:
    scope = alert.get("scope_arn")
    return [f"It counts: {plain(scope, _RESOURCE_LENGTH)}"] if scope else []


def _detail(alert: Row) -> list[str]:
    said = [plain(alert["detail"], _DETAIL_LENGTH)] if alert.get("detail") else []
    place = alert.get("location")
    return [*said, *([f"Found in: {plain(place, _DETAIL_LENGTH)}"] if place else [])]


def _why(alert: Row, movers: Sequence[Row]) -> list[str]:
    ranked = sorted(movers, key=lambda mover: mover["mover_rank"])[:LISTED_MOVERS]
    if not ranked:
        return []
    lines = "\n".join(f"- {_mover(mover, alert.get('billing_currency'))}" for mover in ranked)
    if alert["kind"] == "anomaly":
        return ["What moved it, against an average day of the 28 before:", lines]
    return ["What rose most against the same days of the period before:", lines]


def _mover(mover: Row, currency: str | None) -> str:
    resource = mover.get("resource_id")
    amount, before = money(mover["cost"], currency), mover.get("previous_cost")
    what = f"{plain(mover['spend_category'])}: {amount}"
    if before:
        change = mover["cost"] - before
        what += f", {money(abs(change), currency)} {'more' if change >= 0 else 'less'} than before"
    else:
        what += ", nothing before"
    return f"{what}; most of it {plain(resource, _RESOURCE_LENGTH)}" if resource else what
