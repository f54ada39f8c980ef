"""The APIs' part of a run: what they tell now, and its way into the work database.

An API that does not answer is a problem row, never a failed run, and what it told before stands: bills
matter more, and silence says of nothing that it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import Settings
from spaceledger.sources.snapshots import Question, Snapshot, understood
from spaceledger.warehouse import tables
from spaceledger.warehouse.problems import ProblemRow, close_apis, record
from spaceledger.warehouse.snapshots import take_snapshots
from spaceledger.warehouse.state import State

# Regions are asked side by side: asking is waiting.
_ASKERS = 8

# What a configuration asks of one API.
Puller = Callable[[Settings], Iterable[Question]]


# boto3 takes its time to import: only where something is asked.
def _aws_budgets(settings: Settings) -> Iterable[Question]:
    if not settings.aws_budgets:
        return ()
    from spaceledger.sources import aws_budgets

    return aws_budgets.questions(settings)


def _billing(settings: Settings) -> Iterable[Question]:
    if not any(source.has_billing_api for source in settings.costs):
        return ()
    from spaceledger.sources import cost_tags, report_definitions

    return (*cost_tags.questions(settings), *report_definitions.questions(settings))


def _spaces(settings: Settings) -> Iterable[Question]:
    if not settings.spaces_api:
        return ()
    from spaceledger.sources import spaces

    return spaces.questions(settings)


PULLERS: tuple[Puller, ...] = (_spaces, _aws_budgets, _billing)


@dataclass(frozen=True)
class PulledApis:
    """What the APIs told, by what they were asked as, and what is wrong with those that did not."""

    told: Mapping[str, Snapshot] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()  # sources that are asked no longer
    unasked: frozenset[str] = frozenset()  # asked_as of what this run leaves alone
    problems: tuple[ProblemRow, ...] = ()
    is_news: bool = False


def pull_apis(
    settings: Settings,
    state: State,
    *,
    only_activity: bool = False,
    pullers: Iterable[Puller] | None = None,
) -> PulledApis:
    """Asks every API that is configured; with `only_activity` not those that come with bills."""
    questions: dict[str, Question] = {}
    for puller in PULLERS if pullers is None else pullers:
        for question in puller(settings):
            questions.setdefault(question.asked_as, question)
    asked = [q for q in questions.values() if not (only_activity and q.with_bills)]
    unasked = frozenset(questions) - {q.asked_as for q in asked}
    with ThreadPoolExecutor(_ASKERS) as pool:
        answers = list(pool.map(_answer, asked))
    told: dict[str, Snapshot] = {}
    problems: list[ProblemRow] = []
    sources: set[str] = set()
    for question, answer in zip(asked, answers, strict=True):
        if isinstance(answer, SourceError):
            problems.append(_refusal(question, answer, state))
        elif answer.source not in sources:  # two ways to one account: the first tells it all
            sources.add(answer.source)
            told[question.asked_as] = answer
            problems += [
                ProblemRow(p.source, p.location, p.problem, p.severity, p.detail,
                           p.billing_period, "api", question.asked_as)
                for p in answer.problems
            ]  # fmt: skip
    silent = {row.identity for row in problems} - set(told)
    stands = silent | unasked
    ended = frozenset(
        source
        for source, (asked_as, _) in state.snapshots.items()
        if source not in sources and asked_as not in stands
    )
    is_new = any(
        state.snapshots.get(one.source, ("", ""))[1] != one.digest for one in told.values()
    )
    said = {(p.source, p.location, p.problem, p.billing_period) for p in problems}
    stood = {problem[:4] for problem in state.api_problems if problem[4] not in unasked}
    return PulledApis(told, ended, unasked, tuple(problems), bool(is_new or ended or said != stood))


def rewritten_from(settings: Settings, pulled: PulledApis, state: State) -> dict[str, str]:
    """Of each bill, the first period that backfills rewrote and the ledger has not taken up."""
    told = {asked_as: one for asked_as, one in pulled.told.items() if "tag_backfills" in one.tables}
    if not told:
        return {}
    from spaceledger.sources.billing import asked_with
    from spaceledger.sources.cost_tags import ASKED, rewritten

    first = {}
    for source in settings.costs:
        snapshot = told.get(asked_with(ASKED, source)) if source.has_billing_api else None
        rows = snapshot.tables["tag_backfills"].to_pylist() if snapshot else []
        if day := rewritten(rows, state.tag_backfills):
            first[source.name] = f"{day:%Y-%m}"
    return first


def load_apis(con: tables.Connection, pulled: PulledApis, now: datetime) -> None:
    """Takes what the APIs told into the work database. `now` is UTC without a zone."""
    take_snapshots(con, pulled.told, ended=pulled.ended, now=now)
    close_apis(con, pulled.unasked, now)
    record(con, pulled.problems, now)


def _answer(question: Question) -> Snapshot | SourceError:
    try:
        return understood(question.ask, question.asked_as)
    except SourceError as error:
        return error


def _refusal(question: Question, error: SourceError, state: State) -> ProblemRow:
    standing = [
        source for source, (asked_as, _) in state.snapshots.items() if asked_as == question.asked_as
    ]
    stands = "; what it told before stands" if standing else ""
    todo = f" - {error.todo}" if error.todo else ""
    return ProblemRow(
        source=min(standing, default=question.asked_as),
        location=error.where or question.asked_as,
        problem="not_answered" if isinstance(error, TransientSourceError) else "refused",
        severity=question.severity,
        detail=f"{error.what}{stands}{todo}",
        billing_period=None,
        origin="api",
        identity=question.asked_as,
    )
