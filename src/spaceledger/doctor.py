"""Looks at configuration, sources, tags and freshness, and says what to do about each."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from spaceledger import doctor_apis
from spaceledger.errors import SpaceledgerError
from spaceledger.findings import Finding
from spaceledger.owners import read_owners
from spaceledger.paths import Home
from spaceledger.settings import ActivitySource, CostSource, Settings
from spaceledger.sources.bills import find_deliveries
from spaceledger.sources.folders import region_folders
from spaceledger.sources.log_files import find_log_files
from spaceledger.sources.objects import open_store
from spaceledger.warehouse import health

# AWS updates a bill at least once a day; a day of usage fills up over the two that follow it.
_STALE_DAYS = 3


def examine(settings: Settings, today: date) -> Iterator[Finding]:
    """Every finding, sources first. Reads only; a fault of one does not stop the others."""
    if not settings.costs:
        yield Finding("fault", "costs", "no billing source is configured", "add a [[costs]] table")
    first_billed: dict[str, date] = {}
    for source in settings.costs:
        yield from _costs(source, first_billed)
    active: set[str] = set()
    yield from doctor_apis.tags(settings, first_billed, today, active)
    yield from doctor_apis.reports(settings)
    for trail in settings.activity:
        if trail.uri:
            yield _trail(trail, trail.uri, today)
        else:
            yield from _lookups(trail)
    yield from doctor_apis.spaces(settings)
    yield from doctor_apis.budgets(settings)
    for name in settings.alerts.channels:
        yield _channel(name)
    if settings.owners:
        yield _owners(settings.owners)
    yield from _ledger(settings, today, active)


def _channel(name: str) -> Finding:
    if os.environ.get(name, "").strip():
        return Finding("ok", f"alerts {name}", "the environment variable is set")
    return Finding("fault", f"alerts {name}", "the environment variable is not set, or is empty",
                   "set it to an Apprise URL where runs are started")  # fmt: skip


def _costs(source: CostSource, first_billed: dict[str, date]) -> Iterator[Finding]:
    try:
        found = find_deliveries(source.name, open_store(source.uri, {}, source))
    except SpaceledgerError as error:
        yield Finding("fault", source.name, f"{error.where}: {error.what}", error.todo)
        return
    periods = [delivery.period for delivery in found.deliveries if delivery.period]
    span = f" of {periods[0]} to {periods[-1]}" if periods else ""
    if periods:
        first_billed[source.name] = min(periods).start
    if found.deliveries:
        yield Finding("ok", source.name, f"{len(found.deliveries)} deliveries{span}")
    for problem in found.problems:
        level: Literal["note", "fault"] = "fault" if problem.severity == "error" else "note"
        yield Finding(level, source.name, f"{problem.location}: {problem.detail}")


def _trail(trail: ActivitySource, uri: str, today: date) -> Finding:
    try:
        store = open_store(uri, {}, trail)
        folders = region_folders(store, trail.regions)
        # Of a bucket only the newest days: there may be millions of files.
        newest = dict.fromkeys(folders or (), today - timedelta(days=_STALE_DAYS))
        count = sum(1 for _ in find_log_files(store, trail.start, folders, newest))
    except SpaceledgerError as error:
        return Finding("fault", trail.name, f"{error.where}: {error.what}", error.todo)
    if not count and not folders:
        return Finding("fault", trail.name, f"{uri} holds no CloudTrail log file",
                       "point uri at the folder that holds AWSLogs/")  # fmt: skip
    if folders is None:
        return Finding("ok", trail.name, f"{count:,} log files")
    found = (
        f"{len(folders):,} accounts and regions, {count:,} log files since {min(newest.values())}"
    )
    if not count:
        return Finding("fault", trail.name, found, "check that the trail is logging still")
    return Finding("ok", trail.name, found)


def _lookups(trail: ActivitySource) -> Iterator[Finding]:
    # boto3 takes its time to import: only where something is asked.
    from spaceledger.sources.lookup import regions_that_answer

    if not trail.regions:
        yield Finding("fault", trail.name, "no region is named", 'add regions = ["us-east-1"]')
    for region, error in regions_that_answer(trail):
        if error:
            yield Finding("fault", trail.name, f"lookup-events {region}: {error.what}", error.todo)
        else:
            yield Finding("ok", trail.name, f"lookup-events {region} answers, 90 days back")


def _owners(path: Path) -> Finding:
    try:
        return Finding("ok", "owners", f"{len(read_owners(path)[0])} rows")
    except SpaceledgerError as error:
        return Finding("fault", "owners", error.line())


def _ledger(settings: Settings, today: date, active: Container[str]) -> Iterator[Finding]:
    ledger = Home(settings.home).ledger
    if not ledger.exists():
        yield Finding("note", "ledger", "nothing is published yet", "run `spaceledger run`")
        return
    found = health.of(ledger)
    if found.data_through is None:
        yield Finding(
            "note", "freshness", "no bill holds usage yet", "wait for AWS's next delivery"
        )
    elif (age := (today - found.data_through).days) > _STALE_DAYS:
        yield Finding("fault", "freshness", f"usage ends on {found.data_through}, {age} days ago",
                      "check that AWS still delivers the export")  # fmt: skip
    else:
        yield Finding("ok", "freshness", f"usage through {found.data_through}")
    for name, (newest, events, ours) in found.trails.items():
        if ours:
            what = f"{events:,} records through {newest}, {ours:,} of SageMaker"
            yield Finding("ok", name, what)
        else:
            yield Finding("note", name, f"{events:,} records through {newest}, none of SageMaker",
                          "check that it logs management events of accounts with domains")  # fmt: skip
    for key, lines in found.tagged_lines.items():
        if lines:
            yield Finding("ok", key, f"on {lines:,} lines of the newest month")
        else:
            yield Finding("note", key, "on no line of the newest month",
                          _how_it_reaches_bills(key, found.payers, key in active))  # fmt: skip
    if found.error_count:
        yield Finding("fault", "problems", f"{found.error_count} inputs are refused or held back",
                      "see `spaceledger sql \"from marts.ingest_problems\"`")  # fmt: skip


def _how_it_reaches_bills(key: str, payers: tuple[str, ...], is_active: bool) -> str:
    if is_active:
        return "wait: what was used since its activation carries it, and earlier months after a backfill"
    where = " or ".join(payers)
    return (
        f"activate it as a cost allocation tag in the payer account{f' {where}' if where else ''}:"
        " `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status"
        f" TagKey={key},Status=Active`"
    )
