"""Finds a billing source's deliveries: which files count for which billing period."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import time_ns
from types import MappingProxyType

from spaceledger.errors import DeliveryError, SourceError
from spaceledger.period import BillingPeriod
from spaceledger.sources.folders import BillObjects
from spaceledger.sources.manifest_files import read_manifests
from spaceledger.sources.manifests import (
    Manifest,
    is_manifest,
    period_of_key,
    report_folder,
    resolve_listed,
)
from spaceledger.sources.objects import ObjectStore, StoredObject

_HOUR_NS = 60 * 60 * 1_000_000_000
_WRITTEN_TOGETHER_NS = _HOUR_NS // 4

DATA_SUFFIXES = (".csv", ".csv.gz", ".csv.zip", ".zip", ".parquet")


@dataclass(frozen=True, slots=True)
class Problem:
    """One row of `marts.ingest_problems`."""

    source: str
    location: str
    problem: str
    severity: str
    detail: str
    billing_period: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One version of one billing period (`period` is None where only the rows know it)."""

    source: str
    delivery_id: str
    period: BillingPeriod | None
    account_id: str
    location: str
    objects: tuple[StoredObject, ...]
    manifest: StoredObject | None = None

    @property
    def identity(self) -> str:
        """What must be equal for two deliveries to be the same: id and objects."""
        parts = [self.delivery_id]
        parts += [f"{item.key}|{item.size}|{item.etag}" for item in self.objects]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def delivered_at(self) -> datetime | None:
        """When the newest of its objects was written, UTC."""
        newest = max((item.modified_ns for item in self.objects), default=0)
        return datetime.fromtimestamp(newest / 1e9, UTC) if newest else None


@dataclass(frozen=True)
class Found:
    """What a source holds now."""

    deliveries: tuple[Delivery, ...]
    problems: tuple[Problem, ...] = field(default=())


def find_deliveries(
    source: str,
    store: ObjectStore,
    landing: Path | None = None,
    loaded_as: Mapping[tuple[str, int, int], str] = MappingProxyType({}),
) -> Found:
    """The current delivery of each billing period of a source, and what is wrong with the others.

    A remote place is looked at manifests first; they are kept in `landing` where it is given. `loaded_as`
    has, by key, size and time of writing, the delivery as whose object the ledger holds each.
    Raises SourceError where the source as a whole cannot be read or holds two exports.
    """
    manifests, known = _looked_at(store)
    if not manifests:
        return _without_manifest(source, store, list(store.list()))
    problems: list[Problem] = []
    candidates: dict[BillingPeriod, list[tuple[Manifest, StoredObject]]] = defaultdict(list)
    broken: dict[BillingPeriod | None, list[tuple[str, DeliveryError]]] = defaultdict(list)
    for item, read in read_manifests(store, manifests, landing):
        if isinstance(read, DeliveryError):
            broken[period_of_key(item.key)].append((item.key, read))
        else:
            candidates[read.period].append((read, item))
    _one_export(store, [m for group in candidates.values() for m, _ in group])
    deliveries = []
    for period in sorted(candidates):
        manifest, item = _latest(candidates[period])
        newer = [(k, e) for k, e in broken.pop(period, []) if _depth(k) <= _depth(manifest.key)]
        if newer:
            problems += [_problem(source, store, k, e, period) for k, e in newer]
            continue
        try:
            delivery = _delivery(source, store, manifest, item, known)
            if store.is_remote:
                _refuse_unfinished(delivery, item, loaded_as)
            deliveries.append(delivery)
        except DeliveryError as error:
            problems.append(_problem(source, store, manifest.key, error, period))
    for period_or_none, errors in broken.items():
        problems += [_problem(source, store, k, e, period_or_none) for k, e in errors]
    return Found(tuple(deliveries), tuple(problems))


def _looked_at(
    store: ObjectStore,
) -> tuple[tuple[StoredObject, ...], Mapping[str, StoredObject]]:
    """The manifests of a place, and its objects by key."""
    if store.is_remote:
        found = BillObjects.of(store)
        return found.manifests, found
    objects = list(store.list())
    manifests = tuple(item for item in objects if is_manifest(item.key))
    return manifests, {item.key: item for item in objects}


def _depth(key: str) -> int:
    return key.count("/")


def _latest(group: Sequence[tuple[Manifest, StoredObject]]) -> tuple[Manifest, StoredObject]:
    """The manifest that counts: AWS keeps the latest one nearest to the top.

    Where a copy kept only the immutable ones, the newest execution folder (a timestamp) or the
    newest object wins.
    """
    top = min(_depth(manifest.key) for manifest, _ in group)
    return max(
        (pair for pair in group if _depth(pair[0].key) == top),
        key=lambda pair: (_execution_time(pair[0].key), pair[1].modified_ns, pair[0].key),
    )


def _execution_time(key: str) -> str:
    folder = key.split("/")[-2] if "/" in key else ""
    return folder if folder[:4].isdigit() and "T" in folder else ""


def _one_export(store: ObjectStore, manifests: list[Manifest]) -> None:
    exports = sorted({(report_folder(manifest.key), manifest.report) for manifest in manifests})
    if len(exports) > 1:
        names = ", ".join(f"{folder or '.'} ({report})" for folder, report in exports[:5])
        raise SourceError(
            f"holds {len(exports)} exports: {names}",
            where=store.address(""),
            todo="point uri at one of these folders and give the others their own [[costs]]",
        )


def _delivery(
    source: str,
    store: ObjectStore,
    manifest: Manifest,
    item: StoredObject,
    known: Mapping[str, StoredObject],
) -> Delivery:
    if not manifest.listed:
        raise DeliveryError(
            "bad_manifest",
            "the manifest names no file at all",
            where=manifest.key,
            todo="wait for AWS's next delivery, or restore the file",
        )
    keys = [resolve_listed(manifest, listed, known) for listed in manifest.listed]
    odd = [key for key in keys if not key.lower().endswith(DATA_SUFFIXES)]
    if odd:
        raise DeliveryError(
            "unknown_file_type",
            f"{odd[0]} is neither CSV nor Parquet",
            where=manifest.key,
            todo="export CSV (GZIP or ZIP) or Parquet",
        )
    objects = tuple(store.fingerprint(known[key]) for key in dict.fromkeys(keys))
    return Delivery(
        source=source,
        delivery_id=manifest.delivery_id,
        period=manifest.period,
        account_id=manifest.account_id,
        location=store.address(item.key),
        objects=objects,
        manifest=item,
    )


def _refuse_unfinished(
    delivery: Delivery, manifest: StoredObject, loaded_as: Mapping[tuple[str, int, int], str]
) -> None:
    """Raises DeliveryError where files of two versions lie below one manifest.

    AWS overwrites files one by one and writes the manifest last; files in a folder of their delivery's own
    are never overwritten. Copies are made in any order: what has been still for an hour, or a day where
    files are those of the delivery before, counts as it lies.
    """
    newest = max(item.modified_ns for item in delivery.objects)
    is_begun = newest - manifest.modified_ns > _WRITTEN_TOGETHER_NS and _is_within(newest, _HOUR_NS)
    before = {
        loaded_as.get((item.key, item.size, item.modified_ns), delivery.delivery_id)
        for item in delivery.objects
    }
    is_behind = before != {delivery.delivery_id} and _is_within(manifest.modified_ns, 24 * _HOUR_NS)
    if is_begun or is_behind:
        what = (
            "files are newer than the manifest" if is_begun else "files are older than the manifest"
        )
        raise DeliveryError(
            "delivery_changing",
            f"this delivery is being replaced: {what}",
            where=manifest.key,
            todo="run again when all its files are there",
        )


def _is_within(moment_ns: int, age_ns: int) -> bool:
    return time_ns() - moment_ns < age_ns


def _without_manifest(source: str, store: ObjectStore, objects: list[StoredObject]) -> Found:
    """Plain files: one delivery per period that paths name, or one whose rows say the period."""
    data = [item for item in objects if item.key.lower().endswith(DATA_SUFFIXES)]
    if not data:
        problem = Problem(
            source,
            store.address(""),
            "no_bill_files",
            "error",
            "holds no manifest and no CSV or Parquet file; correct uri, or wait for AWS's first"
            " delivery (up to 24 hours)",
        )
        return Found((), (problem,))
    groups: dict[BillingPeriod | None, list[StoredObject]] = defaultdict(list)
    for item in data:
        groups[period_of_key(item.key)].append(store.fingerprint(item))
    deliveries = []
    for period, found in sorted(groups.items(), key=lambda pair: str(pair[0])):
        items = _newest_execution(found)
        draft = Delivery(source, "", period, "", store.address(""), tuple(items))
        delivery_id = f"files-{draft.identity[:16]}"
        location = store.address("")
        deliveries.append(Delivery(source, delivery_id, period, "", location, tuple(items)))
    notice = Problem(
        source,
        store.address(""),
        "no_manifest",
        "notice",
        "no manifest lies here, so every CSV and Parquet file below it counts",
    )
    return Found(tuple(deliveries), (notice,))


def _newest_execution(items: list[StoredObject]) -> list[StoredObject]:
    """Each execution delivers the whole period again: only the newest one's files count."""
    times = {item.key: _execution_time(item.key) for item in items}
    newest = max(times.values())
    return [item for item in items if times[item.key] == newest]


def _problem(
    source: str,
    store: ObjectStore,
    key: str,
    error: DeliveryError,
    period: BillingPeriod | None,
) -> Problem:
    held = f"{error.what}; this period keeps its previous version - {error.todo}"
    name = str(period) if period else None
    return Problem(source, store.address(key), error.problem, "error", held, name)
