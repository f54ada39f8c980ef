"""The pull: what the sources hold now, and what of it is new to the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from spaceledger.apis import PulledApis, pull_apis, rewritten_from
from spaceledger.configuration import made_with
from spaceledger.errors import ConfigError
from spaceledger.paths import Home
from spaceledger.period import BillingPeriod
from spaceledger.settings import CostSource, Settings
from spaceledger.sources.bills import Delivery, Problem, find_deliveries
from spaceledger.sources.objects import ObjectStore, open_store
from spaceledger.trails import FreshLogs, TrailPull, pull_logs
from spaceledger.warehouse.state import State, read_state


@dataclass(frozen=True)
class FreshDelivery:
    """A delivery that the ledger does not hold yet, and where it lies."""

    source: CostSource
    store: ObjectStore
    delivery: Delivery


@dataclass(frozen=True)
class Pulled:
    """What the sources hold now, and what of it is new to the ledger."""

    fresh: tuple[FreshDelivery, ...]
    logs: tuple[FreshLogs, ...]
    looked_at: frozenset[str]  # names of sources
    problems: tuple[Problem, ...]
    apis: PulledApis
    state: State
    is_other: bool  # another day, code or configuration than the last build's

    @property
    def is_news(self) -> bool:
        """Whether the ledger would come out otherwise than it stands."""
        told = {(p.source, p.location, p.problem, p.billing_period) for p in self.problems}
        stood = {problem for problem in self.state.pull_problems if problem[0] in self.looked_at}
        return bool(self.fresh or self.logs or self.apis.is_news or told != stood or self.is_other)


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
    """Looks at every source and tells what is new. Changes nothing but `landing/`.

    Deliveries of the billing periods from the first to the last of `again` count as new, and trails are
    listed again from then on; so do deliveries of periods that a finished backfill of tags rewrote, once.
    With `only_activity` bills are not looked at, unless changed SQL asks for them to be loaded again, nor
    are the APIs that come with bills; without `with_apis` no API is asked for a snapshot.
    """
    home = Home(settings.home)
    state = read_state(home.ledger)
    if not settings.costs:
        raise ConfigError(
            "no billing source is configured", where="costs", todo="add a [[costs]] table"
        )
    now_made_with = made_with(settings)
    loads_all = full_refresh or now_made_with.load_hash != state.made_with.load_hash
    seen = frozenset() if loads_all else state.loaded | state.refused
    found: list[FreshDelivery] = []
    problems: list[Problem] = []
    without_bills = only_activity and not loads_all
    costs = () if without_bills else settings.costs
    for source in costs:
        store = open_store(source.uri, state.hashes.get(source.name, {}), source)
        result = find_deliveries(
            source.name, store, home.landing, state.loaded_as.get(source.name, {})
        )
        found += [FreshDelivery(source, store, delivery) for delivery in result.deliveries]
        problems += result.problems
    asked = TrailPull(
        ledger=home.ledger,
        landing=home.landing,
        now=now or datetime.now(UTC),
        unfetched=state.unfetched_logs,
        again=loads_all,
        since=_first_day(again),
        step=step,
    )
    logs, trail_problems = pull_logs(settings.activity, asked)
    apis = pull_apis(settings, state, only_activity=without_bills) if with_apis else PulledApis()
    rewritten = rewritten_from(settings, apis, state)
    fresh = [
        each
        for each in found
        if (each.source.name, identity_of(each.source, each.delivery)) not in seen
        or _is_among(each.delivery, again)
        or rewritten.get(each.source.name, "9999-12") <= str(each.delivery.period or "")
    ]
    other_day = as_of is not None and as_of != state.as_of
    return Pulled(
        fresh=tuple(fresh),
        logs=logs,
        looked_at=frozenset([*(s.name for s in costs), *(s.name for s in settings.activity)]),
        problems=(*problems, *trail_problems),
        apis=apis,
        state=state,
        is_other=other_day or now_made_with != state.made_with,
    )


def _is_among(delivery: Delivery, again: tuple[str, str] | None) -> bool:
    return bool(again and delivery.period and again[0] <= str(delivery.period) <= again[1])


def _first_day(again: tuple[str, str] | None) -> date | None:
    period = BillingPeriod.parse(again[0]) if again else None
    return period.start if period else None


def identity_of(source: CostSource, delivery: Delivery) -> str:
    """What must be equal for a delivery to count as loaded: its own identity and what is kept of it."""
    return f"{delivery.identity}-{source.keep}"
