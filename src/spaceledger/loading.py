"""The load: what is new, into the work database. What cannot be read is a problem row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from spaceledger.apis import load_apis
from spaceledger.configuration import refuse_same_bill_twice, take_configuration
from spaceledger.errors import (
    DeliveryError,
    SourceError,
    SpaceledgerError,
)
from spaceledger.paths import Home
from spaceledger.pulling import FreshDelivery, Pulled, identity_of
from spaceledger.settings import CostSource, Settings
from spaceledger.sources.bills import Delivery
from spaceledger.trails import TrailRow, load_logs
from spaceledger.warehouse import publish, tables
from spaceledger.warehouse.build import prepare
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.intake import LoadPlan
from spaceledger.warehouse.load import load_delivery
from spaceledger.warehouse.periods import periods_in
from spaceledger.warehouse.problems import ProblemRow, close_load, close_pull, record
from spaceledger.warehouse.scan import LocalFile

Step = Callable[[str], None]


class LoadedRow(NamedTuple):
    """One delivery that was loaded."""

    source: str
    period: str
    delivery_id: str
    row_count: int
    kept_count: int


def load(
    settings: Settings, work: publish.Work, pulled: Pulled, *, now: datetime, step: Step
) -> tuple[tuple[LoadedRow, ...], tuple[TrailRow, ...]]:
    """Loads what is new into the work database. A delivery that cannot be read is a problem row."""
    loaded: list[LoadedRow] = []
    read: list[TrailRow] = []
    with open_work(work.database) as con:
        prepare(con)
        unlisted = {each.source for each in pulled.problems if each.problem == "refused"}
        take_configuration(con, settings, listed=pulled.looked_at - unlisted)
        close_pull(con, pulled.looked_at, now.replace(tzinfo=None))
        rows = [
            ProblemRow(p.source, p.location, p.problem, p.severity, p.detail, p.billing_period, "pull")
            for p in pulled.problems
        ]  # fmt: skip
        for each in pulled.fresh:
            source, delivery = each.source, each.delivery
            step(f"load {source.name} {delivery.period or delivery.delivery_id}")
            try:
                for row, notices in _load_whole(con, settings, each, now):
                    loaded.append(row)
                    rows += notices
            except DeliveryError as error:
                rows.append(_held_back(source, delivery, error))
        for logs in pulled.logs:
            step(f"load {logs.source.name}")
            read.append(
                load_logs(con, logs, Home(settings.home).landing, now.replace(tzinfo=None), step)
            )
        load_apis(con, pulled.apis, now.replace(tzinfo=None))
        record(con, rows, now.replace(tzinfo=None))
        refuse_same_bill_twice(con)
        refused = [row for row in rows if row.severity == "error"]
        if refused and not tables.has_deliveries(con):
            raise SpaceledgerError(
                f"no bill could be read: {refused[0].detail}", where=refused[0].location
            )
    return tuple(loaded), tuple(read)


def _load_whole(
    con: tables.Connection, settings: Settings, each: FreshDelivery, now: datetime
) -> list[tuple[LoadedRow, list[ProblemRow]]]:
    """A delivery's periods. Copies of a remote one may have been damaged: they are fetched once more."""
    try:
        return list(_load_periods(con, settings, each, now))
    except DeliveryError as first:
        if not each.store.is_remote:
            raise
        landing = Home(settings.home).landing
        try:
            for item in each.delivery.objects:
                each.store.materialise(item, landing).unlink(missing_ok=True)
                each.store.materialise(item, landing)
        except SourceError as error:
            if error.is_of_the_whole:
                raise
            raise first from None
        return list(_load_periods(con, settings, each, now))


def _load_periods(
    con: tables.Connection, settings: Settings, each: FreshDelivery, now: datetime
) -> Iterator[tuple[LoadedRow, list[ProblemRow]]]:
    for plan in list(_plans(con, settings, each)):
        close_load(con, each.source.name, plan.period, now.replace(tzinfo=None))
        result = load_delivery(con, plan, now)
        row = LoadedRow(each.source.name, plan.period, plan.delivery_id,
                        result.row_count, result.kept_count)  # fmt: skip
        yield row, list(_notices(plan, result.notices))


def _plans(con: tables.Connection, settings: Settings, each: FreshDelivery) -> Iterator[LoadPlan]:
    """One plan for each billing period of a delivery; plain files may hold several."""
    source, store, delivery = each.source, each.store, each.delivery
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
            identity=identity_of(source, delivery),
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
        identity=identity_of(source, delivery),
    )
