"""Writes small bills for tests: a folder laid out as AWS delivers it, from rows that state what matters."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

DOMAIN = "arn:aws:sagemaker:us-east-1:012345678901:domain/d-abc"
SPACE = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/fraud"
OTHER_SPACE = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/churn"

BASE = {
    "identity/LineItemId": "line",
    "bill/InvoiceId": "",
    "bill/BillType": "Anniversary",
    "bill/PayerAccountId": "012345678901",
    "bill/BillingPeriodStartDate": "",
    "lineItem/UsageAccountId": "012345678901",
    "lineItem/LineItemType": "Usage",
    "lineItem/UsageStartDate": "",
    "lineItem/UsageEndDate": "",
    "lineItem/ProductCode": "AmazonSageMaker",
    "lineItem/UsageType": "USE1-Studio:JupyterLab-ml.t3.medium",
    "lineItem/Operation": "RunInstance",
    "lineItem/ResourceId": "",
    "lineItem/UsageAmount": "1",
    "lineItem/CurrencyCode": "USD",
    "lineItem/UnblendedCost": "1",
    "lineItem/LineItemDescription": "",
    "pricing/unit": "Hrs",
    "pricing/publicOnDemandCost": "",
    "resourceTags/user:sagemaker:space-arn": "",
    "resourceTags/user:sagemaker:domain-arn": "",
    "resourceTags/user:sagemaker:user-profile-arn": "",
}
SHORT = {
    "cost": "lineItem/UnblendedCost",
    "day": "lineItem/UsageStartDate",
    "space": "resourceTags/user:sagemaker:space-arn",
    "domain": "resourceTags/user:sagemaker:domain-arn",
    "profile": "resourceTags/user:sagemaker:user-profile-arn",
    "resource": "lineItem/ResourceId",
    "type": "lineItem/LineItemType",
    "product": "lineItem/ProductCode",
    "usage_type": "lineItem/UsageType",
    "currency": "lineItem/CurrencyCode",
    "payer": "bill/PayerAccountId",
    "invoice": "bill/InvoiceId",
    "description": "lineItem/LineItemDescription",
    "id": "identity/LineItemId",
}

Line = Mapping[str, str]


def next_month(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def cur_rows(period: str, lines: Iterable[Line], drop: Iterable[str] = ()) -> tuple[list, list]:
    """Header and rows of a legacy CUR with these lines; keys may be the short names above."""
    rows, extra = [], {}
    for number, line in enumerate(lines):
        row = dict(BASE)
        row["identity/LineItemId"] = f"{period}-{number}"
        row["bill/BillingPeriodStartDate"] = f"{period}-01T00:00:00Z"
        row["lineItem/UsageStartDate"] = f"{period}-01T00:00:00Z"
        for key, value in line.items():
            name = SHORT.get(key, key)
            row[name] = f"{value}T00:00:00Z" if key == "day" and "T" not in value else value
            if name not in BASE:
                extra[name] = None
        rows.append(row)
    header = [name for name in [*BASE, *extra] if name not in set(drop)]
    return header, [[row.get(name, "") for name in header] for row in rows]


def csv_bytes(header: list[str], rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return gzip.compress(text.getvalue().encode(), mtime=0)


def write_cur(
    folder: Path,
    period: str,
    lines: Iterable[Line],
    *,
    assembly: str = "assembly-1",
    report: str = "report",
    drop: Iterable[str] = (),
) -> Path:
    """One delivery of a legacy CUR, create-new layout; returns its data file."""
    header, rows = cur_rows(period, lines, drop)
    return write_delivery(folder, period, csv_bytes(header, rows), assembly=assembly, report=report)


def write_delivery(
    folder: Path, period: str, body: bytes, *, assembly: str, report: str = "report"
) -> Path:
    span = f"{period.replace('-', '')}01-{next_month(period).replace('-', '')}01"
    data = folder / report / span / assembly / f"{report}-00001.csv.gz"
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_bytes(body)
    manifest = {
        "assemblyId": assembly,
        "account": "012345678901",
        "columns": [],
        "compression": "GZIP",
        "contentType": "text/csv",
        "reportName": report,
        "billingPeriod": {"start": f"{span[:8]}T000000.000Z"},
        "bucket": "bucket",
        "reportKeys": [f"prefix/{report}/{span}/{assembly}/{data.name}"],
    }
    for place in (data.parent, data.parent.parent):
        (place / f"{report}-Manifest.json").write_text(json.dumps(manifest))
    return data
