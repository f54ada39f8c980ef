"""Lays bill and trail out as AWS delivers them. The same scenario gives the same bytes."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from spaceledger.demo.charges import Charge, all_charges
from spaceledger.demo.cur import COLUMNS, legacy_csv, month_after, write_cur2
from spaceledger.demo.focus import focus_csv
from spaceledger.demo.scenario import Scenario, read_scenario
from spaceledger.demo.trail import all_events, log_key

BILL = "acme-billing"
EXPORTS = "acme-exports"
TRAIL = "acme-trail"


def write_sample(scenario_path: Path, out: Path) -> list[Path]:
    """Writes the demo data below `out`, in place of what was there. Returns the files, in order."""
    scenario = read_scenario(scenario_path)
    for name in (BILL, EXPORTS, TRAIL):
        shutil.rmtree(out / name, ignore_errors=True)
    by_period: dict[str, list[Charge]] = {}
    for charge in all_charges(scenario):
        by_period.setdefault(charge.period, []).append(charge)
    for period, lines in by_period.items():
        _legacy(scenario, out / BILL / "cur" / "acme-report", period, lines)
    for period in scenario.company.also_exported:
        _cur2(scenario, out / EXPORTS / "acme-cur2", period, by_period[period])
        _focus(scenario, out / EXPORTS / "acme-focus", period, by_period[period])
    _trail(scenario, out / TRAIL)
    return sorted(
        path
        for name in (BILL, EXPORTS, TRAIL)
        for path in (out / name).rglob("*")
        if path.is_file()
    )


def _legacy(scenario: Scenario, report: Path, period: str, lines: Sequence[Charge]) -> None:
    """Create-new layout: each delivery has a folder, the manifest above names the newest."""
    company = scenario.company
    deliveries = [("final", list(lines))]
    if period == company.delivered_twice:
        early = [line for line in lines if line.day <= date.fromisoformat(f"{period}-20")]
        deliveries.insert(0, ("early", early))
    chunks = 2 if period == company.delivered_in_two else 1
    span = f"{period.replace('-', '')}01-{month_after(period):%Y%m%d}"
    for version, delivered in deliveries:
        assembly = f"{_delivered_on(scenario, period, version):%Y%m%d}T061500Z"
        size = -(-len(delivered) // chunks)
        keys = []
        for number in range(chunks):
            name = f"{report.name}-{number + 1:05d}.csv.gz"
            body = legacy_csv(company, delivered[number * size : (number + 1) * size])
            _write(report / span / assembly / name, body)
            keys.append(f"cur/{report.name}/{span}/{assembly}/{name}")
        manifest = {
            "assemblyId": assembly,
            "account": company.payer,
            "columns": [dict(zip(("category", "name"), name.split("/"), strict=True))
                        for name, _, _ in COLUMNS],
            "charset": "UTF-8",
            "compression": "GZIP",
            "contentType": "text/csv",
            "reportName": report.name,
            "billingPeriod": {"start": f"{span[:8]}T000000.000Z", "end": f"{span[9:]}T000000.000Z"},
            "bucket": BILL,
            "reportKeys": keys,
        }  # fmt: skip
        for folder in (report / span / assembly, report / span):
            _write(folder / f"{report.name}-Manifest.json", _json(manifest))


def _delivered_on(scenario: Scenario, period: str, version: str) -> date:
    """The 21st for an early delivery; else once the month has settled, or after its newest day."""
    if version == "early":
        return date.fromisoformat(f"{period}-21")
    settled = month_after(period) + timedelta(days=4)
    return min(settled, scenario.company.last_day + timedelta(days=1))


def _cur2(scenario: Scenario, export: Path, period: str, lines: Sequence[Charge]) -> None:
    name = f"{export.name}-00001.snappy.parquet"
    write_cur2(export / "data" / f"BILLING_PERIOD={period}" / name, scenario.company, lines)
    _export_manifest(export, period, name)


def _focus(scenario: Scenario, export: Path, period: str, lines: Sequence[Charge]) -> None:
    name = f"{export.name}-00001.csv.gz"
    body = focus_csv(scenario.company, lines)
    _write(export / "data" / f"BILLING_PERIOD={period}" / name, body)
    _export_manifest(export, period, name)


def _export_manifest(export: Path, period: str, name: str) -> None:
    """The manifest of a Data Export, overwrite layout."""
    manifest = {
        "executionId": f"{export.name}-{period}",
        "dataFiles": [f"s3://{EXPORTS}/{export.name}/data/BILLING_PERIOD={period}/{name}"],
    }
    folder = export / "metadata" / f"BILLING_PERIOD={period}"
    _write(folder / f"{export.name}-Manifest.json", _json(manifest))


def _trail(scenario: Scenario, trail: Path) -> None:
    """Log files by account, region and day: a real trail has many more, of five minutes each."""
    files: dict[str, list[dict[str, object]]] = {}
    for event in all_events(scenario):
        files.setdefault(log_key(event), []).append(event)
    for key, records in files.items():
        body = json.dumps({"Records": records}, separators=(",", ":")).encode()
        _write(trail / key, gzip.compress(body, mtime=0))


def _json(manifest: object) -> bytes:
    return (json.dumps(manifest, indent=1) + "\n").encode()


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
