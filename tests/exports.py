"""Writes small exports in the formats and layouts AWS delivers, from rows that state what matters.

A line has an id, a day and a cost, and may have a space, type, product, resource, usage type, hours and
covered (its Savings Plan effective cost). `tests/bills.py` writes legacy CSV; this writes the others.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.bills import next_month

Line = Mapping[str, str]
STRINGS = pa.map_(pa.string(), pa.string())
MOMENT = pa.timestamp("ms", "UTC")
ACCOUNT = "012345678901"


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


# --- rows -------------------------------------------------------------------------------------


def cur2_row(period: str, line: Line, tags: Mapping[str, str]) -> dict[str, Any]:
    """A CUR 2.0 row; `tags` names the map column and the key of the space tag in it."""
    row: dict[str, Any] = {
        "identity_line_item_id": line["id"],
        "bill_bill_type": "Anniversary",
        "bill_billing_period_start_date": moment(f"{period}-01"),
        "bill_invoice_id": "",
        "bill_payer_account_id": ACCOUNT,
        "bill_payer_account_name": "acme",
        "line_item_currency_code": "USD",
        "line_item_line_item_type": line.get("type", "Usage"),
        "line_item_operation": "RunInstance",
        "line_item_product_code": line.get("product", "AmazonSageMaker"),
        "line_item_resource_id": line.get("resource", ""),
        "line_item_unblended_cost": float(line["cost"]),
        "line_item_usage_account_id": ACCOUNT,
        "line_item_usage_amount": float(line.get("hours", "1")),
        "line_item_usage_start_date": moment(line["day"]),
        "line_item_usage_type": line.get("usage_type", "USE1-Studio:JupyterLab-ml.t3.medium"),
        "pricing_unit": "Hrs",
        "product": {"region": "us-east-1", "product_name": "Amazon SageMaker"},
        "savings_plan_savings_plan_effective_cost": float(line.get("covered", "0")),
        tags["column"]: {tags["key"]: line["space"]} if line.get("space") else {},
    }
    return row


CUR2_SCHEMA = pa.schema(
    [
        ("identity_line_item_id", pa.string()),
        ("bill_bill_type", pa.string()),
        ("bill_billing_period_start_date", MOMENT),
        ("bill_invoice_id", pa.string()),
        ("bill_payer_account_id", pa.string()),
        ("bill_payer_account_name", pa.string()),
        ("line_item_currency_code", pa.string()),
        ("line_item_line_item_type", pa.string()),
        ("line_item_operation", pa.string()),
        ("line_item_product_code", pa.string()),
        ("line_item_resource_id", pa.string()),
        ("line_item_unblended_cost", pa.float64()),
        ("line_item_usage_account_id", pa.string()),
        ("line_item_usage_amount", pa.float64()),
        ("line_item_usage_start_date", MOMENT),
        ("line_item_usage_type", pa.string()),
        ("pricing_unit", pa.string()),
        ("product", STRINGS),
        ("savings_plan_savings_plan_effective_cost", pa.float64()),
        ("resource_tags", STRINGS),
        ("tags", STRINGS),
    ]
)


def legacy_row(period: str, line: Line) -> dict[str, Any]:
    """A legacy CUR row as its Parquet files name columns: the tag is a column of its own."""
    row = cur2_row(period, line, {"column": "tags", "key": "x"})
    del row["tags"], row["product"], row["bill_payer_account_name"]
    return row | {"resource_tags_user_sagemaker_space_arn": line.get("space")}


LEGACY_SCHEMA = pa.schema(
    [field for field in CUR2_SCHEMA if not pa.types.is_map(field.type)]
    + [pa.field("resource_tags_user_sagemaker_space_arn", pa.string())]
)


def focus_row(period: str, line: Line, version: str) -> dict[str, Any]:
    """A row of AWS's FOCUS 1.0 or 1.2 export."""
    row: dict[str, Any] = {
        "BilledCost": float(line["cost"]),
        "BillingAccountId": ACCOUNT,
        "BillingCurrency": "USD",
        "BillingPeriodStart": moment(f"{period}-01"),
        "BillingPeriodEnd": moment(f"{next_month(period)}-01"),
        "ChargeCategory": line.get("type", "Usage"),
        "ChargeClass": None,
        "ChargeDescription": line["id"],
        "ChargePeriodStart": moment(line["day"]),
        "CommitmentDiscountStatus": line.get("commitment"),
        "ConsumedQuantity": float(line.get("hours", "1")),
        "ConsumedUnit": "Hours",
        "EffectiveCost": float(line.get("effective", line["cost"])),
        "ListCost": float(line.get("list", line["cost"])),
        "PricingCategory": "Standard",
        "RegionId": "us-east-1",
        "ResourceId": line.get("resource"),
        "ServiceName": "Amazon SageMaker",
        "SubAccountId": ACCOUNT,
        "Tags": {"sagemaker:space-arn": line["space"]} if line.get("space") else {},
        "x_Operation": "RunInstance",
        "x_ServiceCode": line.get("product", "AmazonSageMaker"),
    }
    usage_type = line.get("usage_type", "USE1-Studio:JupyterLab-ml.t3.medium")
    if version == "1.0":
        return row | {"x_UsageType": usage_type, "x_CostCategories": {}}
    return row | {"SkuMeter": usage_type, "InvoiceId": line.get("invoice")}


def _focus_type(name: str) -> pa.DataType:
    if name.endswith(("Cost", "Quantity")):
        return pa.float64()
    if name.endswith(("Start", "End")):
        return MOMENT
    return STRINGS if name in {"Tags", "x_CostCategories"} else pa.string()


def focus_schema(version: str) -> pa.Schema:
    names = focus_row("2026-09", {"id": "", "cost": "0", "day": "2026-09-01"}, version)
    return pa.schema([(name, _focus_type(name)) for name in names])


# --- files ------------------------------------------------------------------------------------


def parquet(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Snappy Parquet as AWS writes it: amounts are doubles, tags a MAP."""
    table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
    out = io.BytesIO()
    pq.write_table(table, out, compression="snappy")
    return out.getvalue()


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return json.dumps(cell) if isinstance(cell, dict) else str(cell)


def csv_text(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The same rows as CSV: maps are JSON text, nothing is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(schema.names)
    for row in rows:
        writer.writerow([_text(row.get(name)) for name in schema.names])
    return out.getvalue().encode()


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


def zipped(name: str, body: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


# --- layouts ----------------------------------------------------------------------------------


def put(path: Path, body: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def write_data_export(
    root: Path,
    period: str,
    files: Mapping[str, bytes],
    *,
    name: str = "space-costs",
    execution: str = "",
    listed: Iterable[str] | None = None,
    with_uri: bool = True,
) -> Path:
    """A Data Exports delivery (CUR 2.0, FOCUS); with an execution it is the create-new layout.

    Returns the folder of its data files. `listed` is what the manifest names, all files by default.
    """
    part = f"BILLING_PERIOD={period}"
    data = root / name / "data" / part / execution
    for file, body in files.items():
        put(data / file, body)
    bucket = "s3://acme-billing/" if with_uri else ""
    inner = "/".join(filter(None, [name, "data", part, execution]))
    manifest = {
        "executionId": execution[-36:] or f"execution-{sorted(files)}",
        "dataFiles": [f"{bucket}exports/{inner}/{file}" for file in listed or files],
        "columns": [],
    }
    metadata = root / name / "metadata" / part
    put(metadata / f"{name}-Manifest.json", json.dumps(manifest))
    if execution:
        put(metadata / execution / f"{name}-Manifest.json", json.dumps(manifest))
    return data


def write_legacy(
    root: Path,
    period: str,
    files: Mapping[str, bytes],
    *,
    report: str = "report",
    assembly: str = "assembly-1",
    athena: bool = False,
    listed: Iterable[str] | None = None,
) -> Path:
    """A legacy CUR that is overwritten in place: in its date range, or in Athena's partitions."""
    year, month = map(int, period.split("-"))
    span = f"{period.replace('-', '')}01-{next_month(period).replace('-', '')}01"
    inner = f"{report}/year={year}/month={month}" if athena else span
    for file, body in files.items():
        put(root / report / inner / file, body)
    manifest = {
        "assemblyId": assembly,
        "account": ACCOUNT,
        "columns": [],
        "reportName": report,
        "billingPeriod": {"start": f"{span[:8]}T000000.000Z", "end": f"{span[9:]}T000000.000Z"},
        "bucket": "acme-billing",
        "reportKeys": [f"cur/{report}/{inner}/{file}" for file in listed or files],
    }
    put(root / report / span / f"{report}-Manifest.json", json.dumps(manifest))
    return root / report / inner
