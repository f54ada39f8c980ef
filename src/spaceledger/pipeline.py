"""Joins the parts: pull -> load -> build -> check -> report -> publish, whole or one step at a time.

Each step calls `step(name)` as it begins, which shows progress and lets tests stop a run there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from spaceledger import fetching, loading, steps
from spaceledger.alerting import tell_people
from spaceledger.alerts import OnNew, Told
from spaceledger.configuration import made_with
from spaceledger.errors import HomeError
from spaceledger.loading import LoadedRow, Step
from spaceledger.paths import Home
from spaceledger.settings import Settings
from spaceledger.trails import TrailRow
from spaceledger.warehouse import publish, tables
from spaceledger.warehouse.build import Built
from spaceledger.warehouse.checks import CheckResult
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.state import read_state


def _quiet(_: object) -> None:
    """Shows no progress."""


@dataclass(frozen=True)
class Outcome:
    """What a run or a step did, for people, flows and exit codes."""

    build_id: str | None
    published: bool
    loaded: tuple[LoadedRow, ...] = ()
    read: tuple[TrailRow, ...] = ()
    built: Built | None = None
    checks: tuple[CheckResult, ...] = ()
    reconciliation: tuple[tuple[Any, ...], ...] = ()
    problems: tuple[tuple[Any, ...], ...] = ()
    folder: Path | None = None
    refused_count: int = 0

    @property
    def exit_code(self) -> int:
        """0 good, 3 published but some inputs were refused."""
        return 3 if self.refused_count else 0


def run(
    settings: Settings,
    *,
    as_of: date | None = None,
    full_refresh: bool = False,
    again: tuple[str, str] | None = None,
    only_activity: bool = False,
    now: datetime | None = None,
    step: Step = _quiet,
) -> Outcome:
    """One whole run. Does nothing when nothing is new. Raises SpaceledgerError; then nothing changed.

    Another day than the last build's is new: months end, budgets burn and data grows stale without a bill.
    `again` loads the deliveries of its first to its last billing period once more; `only_activity`
    takes in new events and leaves bills for a later run.
    """
    home = Home(settings.home)
    with publish.locked(home, "run"):
        publish.sweep(home)
        moment = now or datetime.now(UTC)
        as_of = as_of or moment.date()
        pulled = fetching.fetch_new(
            settings,
            as_of=as_of,
            full_refresh=full_refresh,
            again=again,
            only_activity=only_activity,
            now=moment,
            step=step,
        )
        if not pulled.is_news:
            standing = publish.current_build(home)
            return Outcome(standing, False, refused_count=pulled.state.error_count)
        step("copy")
        work = publish.start(home, publish.new_build_id(moment))
        loaded, read = loading.load(settings, work, pulled, now=moment, step=step)
        built = steps.build_marts(
            settings, work, as_of=as_of, full_refresh=full_refresh, now=moment, step=step
        )
        checks = steps.check(work, step=step)
        steps.report(work, step=step)
        return _publish(
            settings, work, loaded=loaded, read=read, built=built, checks=checks, step=step
        )


def alert(
    settings: Settings,
    *,
    now: datetime | None = None,
    environment: Mapping[str, str] = os.environ,
    on_new: OnNew = _quiet,
    step: Step = _quiet,
) -> Told:
    """Tells people of what stands in the published ledger, each channel once and again when worse.

    `on_new` is called with each alert that no run told before, whether or not there is a channel.
    A channel that fails is a problem row: where the ledger does not say so yet it is published again,
    except where code or configuration changed since: the next run must see that, and notes it then.
    """
    home = Home(settings.home)
    moment = now or datetime.now(UTC)
    with publish.locked(home, "alert"):
        step("alert")
        telling = tell_people(settings, moment, environment, on_new)
        state = read_state(home.ledger)
        if not telling.is_known and state.made_with == made_with(settings):
            publish.sweep(home)
            # Later than the build that was told of, also where both are given the same moment.
            moment += timedelta(microseconds=1)
            work = publish.start(home, publish.new_build_id(moment))
            steps.note_alert_problems(work, telling.problems, now=moment)
            built = steps.build_marts(
                settings, work, as_of=state.as_of, full_refresh=False, now=moment, step=step
            )
            checks = steps.check(work, step=step)
            steps.report(work, step=step)
            _publish(settings, work, built=built, checks=checks, step=step)
    return telling.told


def fetch(settings: Settings, *, only_activity: bool = False, step: Step = _quiet) -> int:
    """Copies new remote files to `landing/`, under the lock. Returns how many files are new."""
    home = Home(settings.home)
    with publish.locked(home, "pull"):
        pulled = fetching.fetch_new(
            settings, only_activity=only_activity, with_apis=False, step=step
        )
    return sum(len(each.delivery.objects) for each in pulled.fresh) + sum(
        len(logs.files) for logs in pulled.logs
    )


def load(
    settings: Settings,
    *,
    full_refresh: bool = False,
    now: datetime | None = None,
    step: Step = _quiet,
) -> Outcome:
    """Loads what is new into a new work database, which the next lone step goes on with."""
    home = Home(settings.home)
    with publish.locked(home, "load"):
        publish.sweep(home)
        moment = now or datetime.now(UTC)
        pulled = fetching.fetch_new(settings, full_refresh=full_refresh, now=moment, step=step)
        work = publish.start(home, publish.new_build_id(moment))
        loaded, read = loading.load(settings, work, pulled, now=moment, step=step)
        with open_work(work.database) as con:
            problems = tables.open_problems(con)
    return Outcome(work.build_id, False, loaded=loaded, read=read, problems=tuple(problems))


def build(
    settings: Settings,
    *,
    as_of: date | None = None,
    now: datetime | None = None,
    step: Step = _quiet,
) -> Outcome:
    """Builds core and marts in the work database of a lone load, or in a copy of the published one."""
    home = Home(settings.home)
    with publish.locked(home, "build"):
        publish.sweep(home, keep_work=True)
        moment = now or datetime.now(UTC)
        work = publish.unfinished(home) or publish.start(home, publish.new_build_id(moment))
        built = steps.build_marts(
            settings, work, as_of=as_of, full_refresh=False, now=moment, step=step
        )
    return Outcome(work.build_id, False, built=built)


def check(settings: Settings) -> tuple[CheckResult, ...]:
    """Every check on all periods, of unfinished work or else of a copy of the published ledger."""
    home = Home(settings.home)
    with publish.locked(home, "check"):
        publish.sweep(home, keep_work=True)
        work = publish.unfinished(home)
        if work and _is_built(work):
            return steps.results_of_checks(work, everything=True)
        if not home.ledger.exists():
            raise _missing("nothing is built yet", "build")
        with publish.scratch(home) as copy:
            return steps.results_of_checks(copy, everything=True)


def report(settings: Settings, *, step: Step = _quiet) -> Path:
    """Makes Parquet and HTML of a lone build. Returns their folder."""
    with _built_work(settings, "report") as work:
        steps.report(work, step=step)
    return work.reports


def single_file(settings: Settings, target: Path, *, step: Step = _quiet) -> Path:
    """Writes the pages of the unpublished build, or else of the published ledger, as one HTML file.

    Raises HomeError where there is nothing to show, or the file cannot be written.
    """
    home = Home(settings.home)
    if not os.access(target.absolute().parent, os.W_OK):
        raise HomeError(
            "no file can be written there", where=str(target), todo="name a folder that is there"
        )
    with publish.locked(home, "report"):
        publish.sweep(home, keep_work=True)
        work = publish.unfinished(home)
        if work and _is_built(work):
            steps.report(work, step=step, single_file=target)
            return target
        if not home.ledger.exists():
            raise _missing("nothing is built yet", "build")
        with publish.scratch(home) as copy:
            steps.report(copy, step=step, single_file=target)
    return target


def publish_work(settings: Settings, *, step: Step = _quiet) -> Outcome:
    """Checks and publishes what lone steps made."""
    with _built_work(settings, "publish") as work:
        if not work.reports.is_dir():
            raise _missing("the reports of this build are not made yet", "report")
        checks = steps.check(work, everything=True, step=step)
        return _publish(settings, work, checks=checks, step=step)


@contextmanager
def _built_work(settings: Settings, command: str) -> Iterator[publish.Work]:
    home = Home(settings.home)
    with publish.locked(home, command):
        publish.sweep(home, keep_work=True)
        work = publish.unfinished(home)
        if work is None or not _is_built(work):
            raise _missing("there is no unpublished build", "build")
        yield work


def _is_built(work: publish.Work) -> bool:
    with open_work(work.database) as con:
        return tables.built_id(con) == work.build_id


def _missing(what: str, command: str) -> HomeError:
    return HomeError(what, todo=f"run `spaceledger {command}` first, or `spaceledger run` for all")


def _publish(
    settings: Settings,
    work: publish.Work,
    *,
    loaded: tuple[LoadedRow, ...] = (),
    read: tuple[TrailRow, ...] = (),
    built: Built | None = None,
    checks: tuple[CheckResult, ...] = (),
    step: Step,
) -> Outcome:
    """Swaps the finished build in."""
    step("publish")
    with open_work(work.database) as con:
        problems = tables.open_problems(con)
        reconciliation = tables.reconciled(con)
        publish.close_for_readers(con)
    home = Home(settings.home)
    folder = publish.publish(home, work, as_copy=settings.publish == "copy", step=step)
    return Outcome(
        build_id=work.build_id,
        published=True,
        loaded=loaded,
        read=read,
        built=built,
        checks=checks,
        reconciliation=tuple(reconciliation),
        problems=tuple(problems),
        folder=folder,
        refused_count=sum(1 for row in problems if row[3] == "error"),
    )
