"""The steps behind the load: build, check, report. Each goes on with what the one before left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from spaceledger import reports
from spaceledger.configuration import made_with, refuse_same_bill_twice, take_configuration
from spaceledger.errors import CheckError
from spaceledger.loading import Step
from spaceledger.numbers import COMPUTE
from spaceledger.paths import Home, sql_dir
from spaceledger.settings import Settings
from spaceledger.warehouse import publish, tables
from spaceledger.warehouse.build import BuildRun, Built, build, prepare
from spaceledger.warehouse.checks import CheckResult, run_checks
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.export import export_parquet
from spaceledger.warehouse.models import read_models
from spaceledger.warehouse.panels import read_panels
from spaceledger.warehouse.problems import ProblemRow, record_of_alerts
from spaceledger.warehouse.state import read_state


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
