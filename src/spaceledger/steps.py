"""The steps of a run: pull, load, build, check, report. Each goes on with what the one before left."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from spaceledger import reports
from spaceledger.configuration import made_with, refuse_same_bill_twice, take_configuration
from spaceledger.errors import CheckError, ConfigError, DeliveryError, SpaceledgerError
from spaceledger.numbers import COMPUTE
from spaceledger.paths import Home, sql_dir
from spaceledger.settings import CostSource, Settings
from spaceledger.sources.bills import Delivery, Problem, find_deliveries
from spaceledger.sources.objects import ObjectStore, open_store
from spaceledger.trails import FreshLogs, TrailRow, fetch_logs, load_logs, pull_logs
from spaceledger.warehouse import publish, tables
from spaceledger.warehouse.build import BuildRun, Built, build, prepare
from spaceledger.warehouse.checks import CheckResult, run_checks
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.export import export_parquet
from spaceledger.warehouse.intake import LoadPlan
from spaceledger.warehouse.load import load_delivery
from spaceledger.warehouse.models import read_models
from spaceledger.warehouse.panels import read_panels
from spaceledger.warehouse.periods import periods_in
from spaceledger.warehouse.problems import (
    ProblemRow,
    close_load,
    close_pull,
    record,
    record_of_alerts,
)
from spaceledger.warehouse.scan import LocalFile
from spaceledger.warehouse.state import State, read_state

Step = Callable[[str], None]


class LoadedRow(NamedTuple):
    """One delivery that was loaded."""

    source: str
    period: str
    delivery_id: str
    row_count: int
    kept_count: int


@dataclass(frozen=True)
class Pulled:
    """What the sources hold now, and what of it is new to the ledger."""

    fresh: tuple[tuple[CostSource, ObjectStore, Delivery], ...]
    logs: tuple[FreshLogs, ...]
    looked_at: frozenset[str]  # names of sources
    problems: tuple[Problem, ...]
    state: State
    is_news: bool


def pull(
    settings: Settings,
    *,
    as_of: date | None = None,
    full_refresh: bool = False,
    again: tuple[str, str] | None = None,
    only_activity: bool = False,
) -> Pulled:
    """Looks at every source and tells what is new. Reads manifests; changes nothing.

    Deliveries of the billing periods from the first to the last of `again` count as new. With
    `only_activity` bills are not looked at, unless changed SQL asks for them to be loaded again.
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
    costs = () if only_activity and not loads_all else settings.costs
    for source in costs:
        store = open_store(source.uri, state.hashes.get(source.name, {}), source)
        result = find_deliveries(source.name, store)
        found += [(source, store, delivery) for delivery in result.deliveries]
        problems += result.problems
    logs, trail_problems = pull_logs(settings.activity, state, again=loads_all)
    problems += trail_problems
    seen = frozenset() if loads_all else state.loaded | state.refused
    fresh = [
        item
        for item in found
        if (item[0].name, _identity(item[0], item[2])) not in seen
        or (again and item[2].period and again[0] <= str(item[2].period) <= again[1])
    ]
    looked_at = {source.name for source in costs} | {trail.name for trail in settings.activity}
    told = {(p.source, p.location, p.problem, p.billing_period) for p in problems}
    stood = {problem for problem in state.pull_problems if problem[0] in looked_at}
    other_day = as_of is not None and as_of != state.as_of
    other = other_day or told != stood or now_made_with != state.made_with
    is_news = bool(fresh or logs or other)
    return Pulled(tuple(fresh), logs, frozenset(looked_at), tuple(problems), state, is_news)


def _identity(source: CostSource, delivery: Delivery) -> str:
    return f"{delivery.identity}-{source.keep}"


def load(
    settings: Settings, work: publish.Work, pulled: Pulled, *, now: datetime, step: Step
) -> tuple[tuple[LoadedRow, ...], tuple[TrailRow, ...]]:
    """Loads what is new into the work database. A delivery that cannot be read is a problem row."""
    loaded: list[LoadedRow] = []
    read: list[TrailRow] = []
    with open_work(work.database) as con:
        prepare(con)
        take_configuration(con, settings)
        close_pull(con, pulled.looked_at, now.replace(tzinfo=None))
        rows = [
            ProblemRow(p.source, p.location, p.problem, p.severity, p.detail, p.billing_period, "pull")
            for p in pulled.problems
        ]  # fmt: skip
        for source, store, delivery in pulled.fresh:
            step(f"load {source.name} {delivery.period or delivery.delivery_id}")
            try:
                plans = list(_plans(con, settings, source, store, delivery))
                for plan in plans:
                    close_load(con, source.name, plan.period, now.replace(tzinfo=None))
                    result = load_delivery(con, plan, now)
                    loaded.append(LoadedRow(source.name, plan.period, plan.delivery_id,
                                            result.row_count, result.kept_count))  # fmt: skip
                    rows += _notices(plan, result.notices)
            except DeliveryError as error:
                rows.append(_held_back(source, delivery, error))
        for logs in pulled.logs:
            step(f"load {logs.source.name}")
            fetch_logs(logs, Home(settings.home).landing)
            read.append(
                load_logs(con, logs, Home(settings.home).landing, now.replace(tzinfo=None), step)
            )
        record(con, rows, now.replace(tzinfo=None))
        refuse_same_bill_twice(con)
        refused = [row for row in rows if row.severity == "error"]
        if refused and not tables.has_deliveries(con):
            raise SpaceledgerError(
                f"no bill could be read: {refused[0].detail}", where=refused[0].location
            )
    return tuple(loaded), tuple(read)


def _plans(
    con: tables.Connection,
    settings: Settings,
    source: CostSource,
    store: ObjectStore,
    delivery: Delivery,
) -> Iterator[LoadPlan]:
    """One plan for each billing period of a delivery; plain files may hold several."""
    landing = Home(settings.home).landing
    files = tuple(
        LocalFile(store.materialise(item, landing), store.address(item.key))
        for item in delivery.objects
    )
    marks = [[item.key, item.size, item.modified_ns, item.etag] for item in delivery.objects]
    for period in [str(delivery.period)] if delivery.period else periods_in(con, files):
        yield LoadPlan(
            source=source.name,
            role=source.role,
            keep_all=source.keep == "all",
            delivery_id=delivery.delivery_id,
            identity=_identity(source, delivery),
            period=period,
            location=delivery.location,
            objects_json=json.dumps(marks),
            delivered_at=delivery.delivered_at,
            files=files,
            only_own_period=delivery.period is None,
        )


def _notices(plan: LoadPlan, notices: tuple[tuple[str, str], ...]) -> Iterator[ProblemRow]:
    for problem, detail in notices:
        severity = "warning" if problem in {"rounded", "other_period", "no_cost"} else "notice"
        yield ProblemRow(plan.source, plan.location, problem, severity, detail, plan.period, "load",
                         plan.identity)  # fmt: skip


def _held_back(source: CostSource, delivery: Delivery, error: DeliveryError) -> ProblemRow:
    return ProblemRow(
        source=source.name,
        location=error.where or delivery.location,
        problem=error.problem,
        severity="error",
        detail=f"{error.what}; this period keeps its previous version - {error.todo}",
        billing_period=str(delivery.period) if delivery.period else None,
        origin="load",
        identity=_identity(source, delivery),
    )


def build_marts(
    settings: Settings,
    work: publish.Work,
    *,
    as_of: date | None,
    full_refresh: bool,
    now: datetime,
    step: Step,
) -> Built:
    """Builds core and marts in the work database, and drops reports made of an earlier build of it."""
    step("build")
    publish.drop_reports(work)
    home = Home(settings.home)
    build_run = BuildRun(
        build_id=work.build_id,
        built_at=now.replace(tzinfo=None),
        as_of=as_of or now.date(),
        cost_metric=settings.cost_metric,
        show_spaces=settings.show_spaces,
        stale_after_days=settings.alerts.stale_after_days,
    )
    with open_work(work.database) as con:
        models = prepare(con)
        take_configuration(con, settings)
        refuse_same_bill_twice(con)
        cause = read_state(home.ledger).rebuild_cause(made_with(settings))
        if full_refresh or tables.built_id(con) == work.build_id:
            cause = cause or "code"
        built = build(
            con,
            models,
            build_run,
            home.ledger,
            compute=COMPUTE,
            rebuild_cause=cause,
            progress=step,
        )
        tables.add_build(
            con, work.build_id, build_run.built_at, made_with(settings), build_run.as_of
        )
    return built


def note_alert_problems(
    work: publish.Work, problems: Iterable[ProblemRow], *, now: datetime
) -> None:
    """Notes in the work database which channels could not be told."""
    with open_work(work.database) as con:
        prepare(con)
        record_of_alerts(con, problems, now.replace(tzinfo=None))


def check(
    work: publish.Work, *, everything: bool = False, step: Step = lambda _: None
) -> tuple[CheckResult, ...]:
    """Runs every check. Raises CheckError where one with severity fail finds rows."""
    step("check")
    results = results_of_checks(work, everything=everything)
    failed = [result for result in results if result.severity == "fail" and result.failures]
    if failed:
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise CheckError(
            f"a check failed, nothing was published: {failed[0].line()}{more}",
            todo="see `spaceledger check` for all of them",
        )
    return results


def results_of_checks(work: publish.Work, *, everything: bool) -> tuple[CheckResult, ...]:
    """Every check with the rows that offend it, on what was rebuilt or on everything."""
    with open_work(work.database) as con:
        # What this run just built has its macros and views; what was built before may lack today's.
        models = prepare(con) if everything else read_models(con, sql_dir())
        return tuple(run_checks(con, models, everything=everything))


def report(work: publish.Work, *, step: Step, single_file: Path | None = None) -> None:
    """Writes Parquet files and pages of the work database; or all pages as one file, and nothing else."""
    step("report")
    if not single_file:
        publish.drop_reports(work)
    with open_work(work.database) as con:
        if not single_file:
            export_parquet(con, work.reports / "parquet")
        panels = [reports.Dataset(each.name, each.shard, each.rows) for each in read_panels(con)]
    if single_file:
        reports.write_single_file(panels, single_file)
    else:
        reports.write_reports(panels, work.reports / "html")
