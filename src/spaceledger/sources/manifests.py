"""Manifests of legacy Cost and Usage Reports and of Data Exports (CUR 2.0, FOCUS).

Legacy: `reportKeys`, `assemblyId`, `billingPeriod` (AWS CUR user guide, view-cur.html).
Data Exports: `dataFiles`, `executionId`; the period stands in the path (`BILLING_PERIOD=2026-09`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Container
from dataclasses import dataclass
from posixpath import basename, dirname

from spaceledger.errors import DeliveryError
from spaceledger.period import BillingPeriod

_RANGE = re.compile(r"\d{8}-\d{8}", re.ASCII)
_PARTITION = re.compile(r"BILLING_PERIOD=(\d{4}-\d{2})", re.ASCII)
_YEAR = re.compile(r"year=\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one manifest says: which delivery it is and which files count."""

    key: str
    report: str
    delivery_id: str
    period: BillingPeriod
    account_id: str
    listed: tuple[str, ...]


def is_manifest(key: str) -> bool:
    """Whether a key is a delivery's manifest."""
    return basename(key).lower().endswith("-manifest.json")


def period_of_key(key: str) -> BillingPeriod | None:
    """The billing period a path names: BILLING_PERIOD=, year=/month= or a legacy date range."""
    if match := _PARTITION.search(key):
        return BillingPeriod.parse(match[1])
    if match := re.search(r"year=(\d{4})/month=(\d{1,2})(?:/|$)", key):
        return BillingPeriod.of(int(match[1]), int(match[2]))
    for part in key.split("/"):
        if _RANGE.fullmatch(part):
            return BillingPeriod.of(int(part[:4]), int(part[4:6]))
    return None


def report_folder(key: str) -> str:
    """The report's own folder: what stands above the date range or above `metadata/`."""
    parts = key.split("/")
    for index, part in enumerate(parts[:-1]):
        if _RANGE.fullmatch(part):
            return "/".join(parts[:index])
        if _PARTITION.fullmatch(part):
            return "/".join(parts[: max(index - 1, 0)])
    return dirname(key)


def parse_manifest(key: str, body: bytes) -> Manifest:
    """The manifest of a key. Raises DeliveryError where it is not one."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _bad(key, f"the manifest is not JSON ({error})") from None
    if not isinstance(raw, dict):
        raise _bad(key, "the manifest is not a JSON object")
    listed = raw.get("dataFiles") if "dataFiles" in raw else raw.get("reportKeys")
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise _bad(key, "the manifest lists no reportKeys or dataFiles")
    period = period_of_key(key) or _stated_period(raw) or _period_of_listed(listed)
    if period is None:
        raise _bad(key, "the manifest names no billing period")
    delivery_id = raw.get("executionId") if "dataFiles" in raw else raw.get("assemblyId")
    if not isinstance(delivery_id, str) or not delivery_id or _is_broken(delivery_id):
        raise _bad(key, "the manifest has no assemblyId or executionId")
    report = raw.get("reportName")
    account = raw.get("account")
    return Manifest(
        key=key,
        report=report if isinstance(report, str) else basename(key)[: -len("-manifest.json")],
        delivery_id=delivery_id,
        period=period,
        account_id=account if isinstance(account, str) else "",
        listed=tuple(listed),
    )


def _is_broken(text: str) -> bool:
    """Whether JSON smuggled half a character in, which no file or database can hold."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def _bad(key: str, what: str) -> DeliveryError:
    return DeliveryError(
        "bad_manifest", what, where=key, todo="wait for AWS's next delivery, or restore the file"
    )


def _stated_period(raw: dict[str, object]) -> BillingPeriod | None:
    stated = raw.get("billingPeriod")
    start = stated.get("start") if isinstance(stated, dict) else None
    digits = re.match(r"(\d{4})-?(\d{2})", start) if isinstance(start, str) else None
    return BillingPeriod.of(int(digits[1]), int(digits[2])) if digits else None


def _period_of_listed(listed: list[str]) -> BillingPeriod | None:
    periods = {period_of_key(item) for item in listed}
    return periods.pop() if len(periods) == 1 else None


def resolve_listed(manifest: Manifest, listed: str, known: Container[str]) -> str:
    """The delivered key of a listed one, found by its part below the report's own folder.

    A listed key may be an `s3://` URI or bare, and the copy may begin at any level of the bucket.
    Raises DeliveryError where it points outside the report's folder or is not there.
    """
    bare = re.sub(r"^s3://[^/]+/", "", listed)
    # A report made without a prefix has keys that begin with a slash: `/report/20260901-20261001/...`.
    if any(_RANGE.fullmatch(part) for part in bare.split("/")):
        bare = bare.removeprefix("/")
    parts = bare.split("/")
    if ".." in parts or "." in parts or bare.startswith("/") or "\\" in bare or "" in parts[:-1]:
        raise DeliveryError(
            "outside_folder",
            f"the manifest lists a file outside its folder: {listed[:300]}",
            where=manifest.key,
            todo="do not trust this delivery; ask who wrote the manifest",
        )
    folder = report_folder(manifest.key)
    candidates = []
    for index, part in enumerate(parts[:-1]):
        if _RANGE.fullmatch(part):
            candidates += [
                _join(folder, parts[index:]),
                _join(dirname(manifest.key), parts[index + 1 :]),
            ]
        elif (_PARTITION.fullmatch(part) and index) or (_YEAR.fullmatch(part) and index):
            candidates += [_join(folder, parts[index - 1 :]), _join(folder, parts[index:])]
    if not candidates:
        candidates = [_join(dirname(manifest.key), parts[-1:])]
    for candidate in candidates:
        if candidate in known:
            return candidate
    raise DeliveryError(
        "missing_file",
        f"the manifest names a file that is not there: {bare[:300]}",
        where=manifest.key,
        todo="wait for the delivery to be complete, or copy the file too",
    )


def _join(folder: str, parts: list[str]) -> str:
    return "/".join([folder, *parts]) if folder else "/".join(parts)
