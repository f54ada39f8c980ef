"""The pull: what the sources hold now, and what of it is new to the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from spaceledger.apis import PulledApis, pull_apis, rewritten_from
from spaceledger.configuration import made_with
from spaceledger.errors import ConfigError
from spaceledger.paths import Home
from spaceledger.settings import CostSource, Settings
from spaceledger.sources.bills import Delivery, Problem, find_deliveries
from spaceledger.sources.objects import ObjectStore, open_store
from spaceledger.trails import FreshLogs, pull_logs
from spaceledger.warehouse.state import State, read_state


@dataclass(frozen=True)
class Pulled:
    """What the sources hold now, and what of it is new to the ledger."""

    fresh: tuple[tuple[CostSource, ObjectStore, Delivery], ...]
    logs: tuple[FreshLogs, ...]
    looked_at: frozenset[str]  # names of sources
    problems: tuple[Problem, ...]
    apis: PulledApis
    state: State
    is_news: bool


def pull(
    settings: Settings,
    *,
    as_of: date | None = None,
    full_refresh: bool = False,
    again: tuple[str, str] | None = None,
    only_activity: bool = False,
    with_apis: bool = True,
    now: datetime | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> Pulled:
    """Looks at every source and tells what is new. Reads manifests; changes nothing but `landing/`.

    Deliveries of the billing periods from the first to the last of `again` count as new, and so do those
    of periods that a finished backfill of tags rewrote, once. With
    `only_activity` bills are not looked at, unless changed SQL asks for them to be loaded again, nor are
    the APIs that come with bills; without `with_apis` no API is asked for a snapshot.
    """
    state = read_state(Home(settings.home).ledger)
    if not settings.costs:
        raise ConfigError(
            "no billing source is configured", where="costs", todo="add a [[costs]] table"
        )
    found: list[tuple[CostSource, ObjectStore, Delivery]] = []
    problems: list[Problem] = []
    now_made_with = made_with(settings)
    loads_all = full_refresh or now_made_with.load_hash != state.made_with.load_hash
    without_bills = only_activity and not loads_all
    costs = () if without_bills else settings.costs
    for source in costs:
        store = open_store(source.uri, state.hashes.get(source.name, {}), source)
        result = find_deliveries(source.name, store)
        found += [(source, store, delivery) for delivery in result.deliveries]
        problems += result.problems
    logs, trail_problems = pull_logs(
        settings.activity,
        state,
        again=loads_all,
        landing=Home(settings.home).landing,
        now=now or datetime.now(UTC),
        step=step,
    )
    problems += trail_problems
    apis = pull_apis(settings, state, only_activity=without_bills) if with_apis else PulledApis()
    rewritten = rewritten_from(settings, apis, state)
    seen = frozenset() if loads_all else state.loaded | state.refused
    fresh = [
        item
        for item in found
        if (item[0].name, identity_of(item[0], item[2])) not in seen
        or (again and item[2].period and again[0] <= str(item[2].period) <= again[1])
        or rewritten.get(item[0].name, "9999-12") <= str(item[2].period or "")
    ]
    looked_at = {source.name for source in costs} | {trail.name for trail in settings.activity}
    told = {(p.source, p.location, p.problem, p.billing_period) for p in problems}
    stood = {problem for problem in state.pull_problems if problem[0] in looked_at}
    other_day = as_of is not None and as_of != state.as_of
    other = other_day or told != stood or now_made_with != state.made_with
    is_news = bool(fresh or logs or other or apis.is_news)
    return Pulled(tuple(fresh), logs, frozenset(looked_at), tuple(problems), apis, state, is_news)


def identity_of(source: CostSource, delivery: Delivery) -> str:
    """What must be equal for a delivery to count as loaded: its own identity and what is kept of it."""
    return f"{delivery.identity}-{source.keep}"
