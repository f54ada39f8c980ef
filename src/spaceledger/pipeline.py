"""Joins the parts: pull -> load -> build -> check -> report -> publish. The only place that does.

Each step calls `step(name)` as it begins, which shows progress and lets tests stop a run there.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from spaceledger import reports
from spaceledger.arn import DomainArn, SpaceArn
from spaceledger.errors import CheckError, ConfigError, DeliveryError, SpaceledgerError
from spaceledger.paths import Home, sql_dir
from spaceledger.settings import CostSource, Settings
from spaceledger.sources.bills import Delivery, Problem, find_deliveries
from spaceledger.sources.objects import ObjectStore, open_store
from spaceledger.warehouse import publish, tables
from spaceledger.warehouse.build import BuildRun, Built, build, prepare
from spaceledger.warehouse.checks import CheckResult, run_checks
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.export import export_parquet, read_marts
from spaceledger.warehouse.load import LoadPlan, LocalFile, load_delivery, periods_in
from spaceledger.warehouse.models import sql_hash
from spaceledger.warehouse.problems import ProblemRow, close_load, close_pull, record
from spaceledger.warehouse.state import State, read_state

Step = Callable[[str], None]


@dataclass(frozen=True)
class Pulled:
    """What the sources hold now, beside what the ledger already has."""

    found: tuple[tuple[CostSource, ObjectStore, Delivery], ...]
    fresh: tuple[tuple[CostSource, ObjectStore, Delivery], ...]
    problems: tuple[Problem, ...]
    state: State
    rebuild_cause: str
    is_news: bool


@dataclass(frozen=True)
class Outcome:
    """What a run did, for people, flows and exit codes."""

    build_id: str | None
    published: bool
    loaded: tuple[tuple[str, str, str, int, int], ...] = ()  # source, period, id, rows, kept
    built: Built | None = None
    checks: tuple[CheckResult, ...] = ()
    reconciliation: tuple[tuple[Any, ...], ...] = ()
    problems: tuple[tuple[Any, ...], ...] = ()
    folder: Path | None = None
    refused_count: int = field(default=0)

    @property
    def exit_code(self) -> int:
        """0 good, 3 published but some inputs were refused."""
        return 3 if self.refused_count else 0


def run(
    settings: Settings,
    *,
    as_of: date | None = None,
    full_refresh: bool = False,
    now: datetime | None = None,
    step: Step = lambda _: None,
) -> Outcome:
    """One whole run. Does nothing when nothing is new. Raises SpaceledgerError; then nothing changed."""
    home = Home(settings.home)
    with publish.locked(home, "run"):
        publish.sweep(home)
        step("pull")
        pulled = pull(settings, as_of=as_of, full_refresh=full_refresh)
        if not pulled.is_news:
            return Outcome(
                publish.current_build(home), False, refused_count=pulled.state.error_count
            )
        moment = now or datetime.now(UTC)
        step("copy")
        work = publish.start(home, publish.new_build_id(moment))
        loaded = load(settings, work, pulled, now=moment, step=step)
        built = build_marts(
            settings, work, pulled.rebuild_cause, {row[1] for row in loaded}, as_of, moment, step
        )
        checks = check(work, step=step)
        report(work, step=step)
        return publish_build(settings, work, loaded=loaded, built=built, checks=checks, step=step)


def pull(settings: Settings, *, as_of: date | None = None, full_refresh: bool = False) -> Pulled:
    """Looks at every source and tells what is new. Reads manifests; changes nothing."""
    state = read_state(Home(settings.home).ledger)
    if not settings.costs:
        raise ConfigError(
            "no billing source is configured", where="costs", todo="add a [[costs]] table"
        )
    found: list[tuple[CostSource, ObjectStore, Delivery]] = []
    problems: list[Problem] = []
    for source in settings.costs:
        store = open_store(source.uri, state.hashes.get(source.name, {}))
        result = find_deliveries(source.name, store)
        found += [(source, store, delivery) for delivery in result.deliveries]
        problems += result.problems
    seen = state.loaded | (frozenset() if full_refresh else state.refused)
    fresh = [
        item for item in found if full_refresh or (item[0].name, _identity(*item[::2])) not in seen
    ]
    cause = _rebuild_cause(settings, state, full_refresh=full_refresh)
    told = {(p.source, p.location, p.problem, p.billing_period) for p in problems}
    other_day = as_of is not None and as_of != state.as_of
    news = bool(fresh or cause or other_day or told != state.pull_problems)
    return Pulled(tuple(found), tuple(fresh), tuple(problems), state, cause, news)


def fetch(settings: Settings) -> int:
    """Copies new remote files to `landing/`, under the lock. Returns how many files are new."""
    home = Home(settings.home)
    with publish.locked(home, "pull"):
        pulled = pull(settings)
        fresh = [(store, item) for _, store, delivery in pulled.fresh for item in delivery.objects]
        for store, item in fresh:
            store.materialise(item, home.landing)
    return len(fresh)


def _identity(source: CostSource, delivery: Delivery) -> str:
    return f"{delivery.identity}-{source.keep}"


def _rebuild_cause(settings: Settings, state: State, *, full_refresh: bool) -> str:
    if not state.sql_hash:
        return ""
    if state.sql_hash != sql_hash(sql_dir()):
        return "code"
    if state.configuration_hash != configuration_hash(settings):
        return "configuration"
    return "code" if full_refresh else ""


def configuration_hash(settings: Settings) -> str:
    """A hash of all settings, but where the home lies, and of the owners file."""
    digest = hashlib.sha256(settings.model_dump_json(exclude={"home"}).encode())
    if settings.owners and settings.owners.is_file():
        digest.update(settings.owners.read_bytes())
    return digest.hexdigest()


def load(
    settings: Settings, work: publish.Work, pulled: Pulled, *, now: datetime, step: Step
) -> tuple[tuple[str, str, str, int, int], ...]:
    """Loads what is new into the work database. A delivery that cannot be read is a problem row."""
    loaded: list[tuple[str, str, str, int, int]] = []
    moment = now.replace(tzinfo=None)
    with open_work(work.database) as con:
        prepare(con)
        _take_configuration(con, settings)
        close_pull(con)
        rows = [ProblemRow(**_fields(problem), origin="pull") for problem in pulled.problems]
        for source, store, delivery in pulled.fresh:
            step(f"load {source.name} {delivery.period or delivery.delivery_id}")
            rows += _load_one(con, settings, source, store, delivery, now, loaded)
        record(con, rows, moment)
        _refuse_same_bill_twice(con)
        refused = any(row.severity == "error" for row in rows)
        if refused and not tables.has_deliveries(con):
            first = next(row for row in rows if row.severity == "error")
            raise SpaceledgerError(f"no bill could be read: {first.detail}", where=first.location)
    return tuple(loaded)


def _fields(problem: Problem) -> dict[str, Any]:
    return {
        "source": problem.source,
        "location": problem.location,
        "problem": problem.problem,
        "severity": problem.severity,
        "detail": problem.detail,
        "billing_period": problem.billing_period,
    }


def _load_one(
    con: tables.Connection,
    settings: Settings,
    source: CostSource,
    store: ObjectStore,
    delivery: Delivery,
    now: datetime,
    loaded: list[tuple[str, str, str, int, int]],
) -> list[ProblemRow]:
    identity = _identity(source, delivery)
    rows: list[ProblemRow] = []

    def tell(period: str | None, problem: str, severity: str, detail: str, where: str) -> None:
        place = where or delivery.location
        rows.append(
            ProblemRow(source.name, place, problem, severity, detail, period, "load", identity)
        )

    period = str(delivery.period) if delivery.period else None
    try:
        landing = Home(settings.home).landing
        files = tuple(
            LocalFile(store.materialise(item, landing), store.address(item.key))
            for item in delivery.objects
        )
        periods = [period] if period else periods_in(con, files)
        for period in periods:
            plan = _plan(source, delivery, identity, period, files)
            close_load(con, source.name, period)
            result = load_delivery(con, plan, now)
            loaded.append(
                (source.name, period, delivery.delivery_id, result.row_count, result.kept_count)
            )
            for problem, detail in result.notices:
                severity = "warning" if problem in {"rounded", "other_period"} else "notice"
                tell(period, problem, severity, detail, "")
    except DeliveryError as error:
        held = f"{error.what}; this period keeps its previous version"
        tell(period, error.problem, "error", f"{held} - {error.todo}", error.where)
    return rows


def _plan(
    source: CostSource, delivery: Delivery, identity: str, period: str, files: tuple[LocalFile, ...]
) -> LoadPlan:
    objects = [[item.key, item.size, item.modified_ns, item.etag] for item in delivery.objects]
    return LoadPlan(
        source=source.name,
        role=source.role,
        keep_all=source.keep == "all",
        delivery_id=delivery.delivery_id,
        identity=identity,
        period=period,
        location=delivery.location,
        objects_json=json.dumps(objects),
        delivered_at=delivery.delivered_at,
        files=files,
        only_own_period=delivery.period is None,
    )


def _take_configuration(con: tables.Connection, settings: Settings) -> None:
    owners = read_owners(settings.owners) if settings.owners else []
    spaces = [(row["space_arn"], "owners file") for row in owners if row["space_arn"]]
    spaces += [
        (b.space, f"budget {b.name}") for b in settings.budgets if b.space not in {None, "*"}
    ]
    roles = {source.name: source.role for source in settings.costs}
    tables.take_configuration(con, owners=owners, spaces=spaces, roles=roles)


OWNER_COLUMNS = ("space_arn", "domain_arn", "team", "owner", "cost_centre", "display_name")


def read_owners(path: Path) -> list[dict[str, str | None]]:
    """The owners file. Raises ConfigError naming the line of a bad ARN or an unknown column."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or [])
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"the owners file cannot be read ({error})", where=str(path)) from error
    unknown = [name for name in names if name not in OWNER_COLUMNS]
    if unknown:
        raise ConfigError(
            f"unknown column {unknown[0]}", where=str(path), todo=f"use {', '.join(OWNER_COLUMNS)}"
        )
    owners, seen = [], set()
    for line, row in rows:
        owner = {name: (row.get(name) or "").strip() or None for name in OWNER_COLUMNS}
        where = f"{path}, line {line}"
        for name, parse in (("space_arn", SpaceArn.parse), ("domain_arn", DomainArn.parse)):
            text = owner[name]
            parsed = parse(text) if text else None
            if text and parsed is None:
                raise ConfigError(f"{name} is malformed: {text}", where=where)
            owner[name] = str(parsed) if parsed else None
        key = owner["space_arn"] or owner["domain_arn"]
        if key is None or key in seen:
            what = "names the same ARN twice" if key else "needs a space_arn or a domain_arn"
            raise ConfigError(what, where=where)
        seen.add(key)
        owners.append(owner)
    return owners


def _refuse_same_bill_twice(con: tables.Connection) -> None:
    for payer, period, sources in tables.bills_delivered_twice(con):
        raise ConfigError(
            f"{sources} both deliver the bill of payer account {payer} for {period}",
            where="costs",
            todo='remove one of them, or give it role = "compare"',
        )


def build_marts(
    settings: Settings,
    work: publish.Work,
    rebuild_cause: str,
    delivered: set[str],
    as_of: date | None,
    now: datetime,
    step: Step,
) -> Built:
    """Builds core and marts in the work database."""
    step("build")
    moment = now.replace(tzinfo=None)
    build_run = BuildRun(
        build_id=work.build_id,
        built_at=moment,
        as_of=as_of or now.date(),
        cost_metric=settings.cost_metric,
        show_spaces=settings.show_spaces,
    )
    with open_work(work.database) as con:
        built = build(con, build_run, delivered, rebuild_cause=rebuild_cause, progress=step)
        tables.add_build(
            con,
            build_id=work.build_id,
            built_at=moment,
            sql_hash=sql_hash(sql_dir()),
            configuration_hash=configuration_hash(settings),
            as_of=build_run.as_of,
            as_of_given=as_of is not None,
        )
    return built


def check(
    work: publish.Work, *, everything: bool = False, step: Step = lambda _: None
) -> tuple[CheckResult, ...]:
    """Runs every check. Raises CheckError where one with severity fail finds rows."""
    step("check")
    with open_work(work.database) as con:
        results = run_checks(con, prepare(con), everything=everything)
    failed = [result for result in results if result.severity == "fail" and result.failures]
    if failed:
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise CheckError(
            f"a check failed, nothing was published: {failed[0].line()}{more}",
            todo="see `spaceledger check` for all of them",
        )
    return tuple(results)


def report(work: publish.Work, *, step: Step) -> None:
    """Writes Parquet files and HTML pages of the work database."""
    step("report")
    with open_work(work.database) as con:
        export_parquet(con, work.reports / "parquet")
        marts = read_marts(con)
    reports.write_reports(marts, work.reports / "html")


def publish_build(
    settings: Settings,
    work: publish.Work,
    *,
    loaded: tuple[tuple[str, str, str, int, int], ...] = (),
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
    folder = publish.publish(
        Home(settings.home), work, as_copy=settings.publish == "copy", step=step
    )
    return Outcome(
        build_id=work.build_id,
        published=True,
        loaded=loaded,
        built=built,
        checks=checks,
        reconciliation=tuple(reconciliation),
        problems=tuple(problems),
        folder=folder,
        refused_count=sum(1 for row in problems if row[3] == "error"),
    )
