"""The fetch: what is new in remote places is copied to `landing/`, many objects at once.

A delivery is taken whole or not at all: where its manifest or an object changed meanwhile, its period
is looked up again and fetched anew. What came before a crash is there already at the next try.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

from spaceledger.ahead import in_groups, shared
from spaceledger.errors import (
    ChangedSourceError,
    DeliveryError,
    SourceError,
)
from spaceledger.landing import tidy
from spaceledger.paths import Home
from spaceledger.pulling import FreshDelivery, Pulled, pull
from spaceledger.settings import Settings
from spaceledger.sources.bills import Problem, find_deliveries
from spaceledger.sources.log_files import LogFile
from spaceledger.sources.objects import StoredObject
from spaceledger.trails import FreshLogs

Step = Callable[[str], None]
LoadedAs = Mapping[str, Mapping[tuple[str, int, int], str]]
# Small objects are waiting, large ones are few.
_WORKERS = 16
# AWS replaces a delivery up to three times a day; one that changes so often in a row is not AWS's.
_RESTARTS = 3
_REFUSED_AT_ONCE = 50
_SECONDS_BETWEEN_LINES = 3.0


@dataclass
class _Progress:
    """Counts what came, and says so now and then: objects, bytes, and the time left at this pace."""

    name: str
    count: int
    size: int
    step: Step
    done_count: int = 0
    done_size: int = 0

    def __post_init__(self) -> None:
        self._began = self._said = monotonic()

    def add(self, size: int) -> None:
        self.done_count += 1
        self.done_size += size
        now = monotonic()
        if now - self._said >= _SECONDS_BETWEEN_LINES and self.done_count < self.count:
            self._said = now
            left = (now - self._began) * (self.size - self.done_size) / max(self.done_size, 1)
            self.step(f"{self._line()}, about {_duration(left)} left")

    def end(self) -> None:
        if self.count:
            self.step(self._line())

    def _line(self) -> str:
        return (
            f"fetch {self.name}: {self.done_count:,} of {self.count:,} files,"
            f" {self.done_size / 1e6:,.1f} of {self.size / 1e6:,.1f} MB"
        )


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def fetch_new(settings: Settings, *, step: Step, **options: Any) -> Pulled:
    """Looks at every source and copies what is new to `landing/`; `options` are those of `pull`.

    Call it under the lock, which also keeps others from `landing/`.
    """
    landing = Home(settings.home).landing
    tidy(landing, settings.keep_landing_days)
    step("pull")
    return fetch(pull(settings, step=step, **options), landing, step=step)


def fetch(pulled: Pulled, landing: Path, *, step: Step) -> Pulled:
    """Copies what is new to `landing`; local folders are read in place.

    Deliveries come back as they were fetched, which may be newer than they were found; one that cannot be
    fetched whole becomes a problem and is no longer fresh. Raises TransientSourceError where a source does
    not answer.
    """
    remote = [each for each in pulled.fresh if each.store.is_remote]
    faults = _fetch_objects(remote, landing, step)
    fresh = [each for each in pulled.fresh if not each.store.is_remote]
    problems = list(pulled.problems)
    for number, each in enumerate(remote):
        try:
            fresh.append(_whole(each, landing, faults.get(number), pulled.state.loaded_as))
        except DeliveryError as error:
            problems.append(_held(each, error))
    logs = [each for each in pulled.logs if _fetch_logs(each, landing, step) or each.is_news]
    return replace(pulled, fresh=tuple(fresh), problems=tuple(problems), logs=tuple(logs))


def _fetch_objects(
    deliveries: list[FreshDelivery], landing: Path, step: Step
) -> dict[int, SourceError]:
    """Fetches all objects of all deliveries at once. Returns the first fault of each, by its number."""
    jobs = [
        (number, each, item)
        for number, each in enumerate(deliveries)
        for item in each.delivery.objects
    ]
    names = sorted({each.source.name for each in deliveries})
    progress = _Progress(", ".join(names), len(jobs), sum(job[2].size for job in jobs), step)
    faults: dict[int, SourceError] = {}

    def work(
        job: tuple[int, FreshDelivery, StoredObject],
    ) -> Iterator[tuple[int, int, SourceError | None]]:
        number, each, item = job
        fault = None
        if number not in faults:
            try:
                each.store.materialise(item, landing)
            except SourceError as error:
                if error.is_of_the_whole:
                    raise
                fault = error
        yield number, item.size, fault

    for number, size, fault in shared(jobs, work, min(_WORKERS, len(jobs))):
        progress.add(size)
        if fault:
            faults.setdefault(number, fault)
    progress.end()
    return faults


def _whole(
    each: FreshDelivery, landing: Path, fault: SourceError | None, loaded_as: LoadedAs
) -> FreshDelivery:
    """The delivery, or the newer one that took its place meanwhile, with every object landed.

    Raises DeliveryError where an object is refused, or AWS goes on replacing it.
    """
    for _ in range(_RESTARTS):
        if fault and not isinstance(fault, ChangedSourceError):
            raise DeliveryError(
                "unfetched_file", fault.what, where=fault.where, todo=fault.todo or "run again"
            ) from fault
        manifest = each.delivery.manifest
        if not fault and (manifest is None or each.store.is_current(manifest)):
            return each
        each, fault = _anew(each, landing, loaded_as)
    raise _changing(each)


def _anew(
    each: FreshDelivery, landing: Path, loaded_as: LoadedAs
) -> tuple[FreshDelivery, SourceError | None]:
    known = loaded_as.get(each.source.name, {})
    found = find_deliveries(each.source.name, each.store, landing, known)
    same = [one for one in found.deliveries if one.period == each.delivery.period]
    if not same:
        raise _changing(each)
    again = replace(each, delivery=same[0])
    return again, _fetch_objects([again], landing, lambda _: None).get(0)


def _changing(each: FreshDelivery) -> DeliveryError:
    return DeliveryError(
        "delivery_changing",
        "AWS is replacing this delivery",
        where=each.delivery.location,
        todo="run again when it has ended, in an hour at most",
    )


def _held(each: FreshDelivery, error: DeliveryError) -> Problem:
    return Problem(
        each.source.name,
        error.where or each.delivery.location,
        error.problem,
        "error",
        f"{error.what}; this period keeps its previous version - {error.todo}",
        str(each.delivery.period) if each.delivery.period else None,
    )


def _fetch_logs(logs: FreshLogs, landing: Path, step: Step) -> int:
    """How many log files came from a remote trail. One that is refused is told of when it is read."""
    if not logs.store.is_remote:
        return 0
    progress = _Progress(logs.source.name, len(logs.files), logs.files.total_bytes, step)

    def fault_of(file: LogFile) -> SourceError | None:
        try:
            logs.store.materialise(file.item, landing)
        except SourceError as error:
            if error.is_of_the_whole:
                raise
            return error
        return None

    def work(files: list[LogFile]) -> Iterator[list[tuple[int, SourceError | None]]]:
        yield [(file.item.size, fault_of(file)) for file in files]

    count = refused = 0
    for done in shared(in_groups(logs.files, 10), work, _WORKERS):
        for size, fault in done:
            progress.add(size)
            count += fault is None
            refused += fault is not None
            # Where nothing at all comes, a permission is missing: one line says more than a row a file.
            if fault and logs.is_news and not count and refused >= _REFUSED_AT_ONCE:
                raise fault
    progress.end()
    return count
