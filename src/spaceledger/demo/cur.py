"""Charges as AWS's Cost and Usage Report writes them: legacy CUR in CSV, CUR 2.0 in Parquet.

Column names and layouts: CUR user guide (data dictionary, access-cur-s3) and the Data Exports
dictionary of `COST_AND_USAGE_REPORT`.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spaceledger.demo.charges import Charge
from spaceledger.demo.scenario import Company

Value = str | Decimal | date | None
TAG_KEYS = (
    "ManagedByAmazonSageMakerResource",
    "sagemaker:domain-arn",
    "sagemaker:space-arn",
    "sagemaker:user-profile-arn",
)


def line_id(charge: Charge, number: int) -> str:
    """An id that is unique in one delivery, and means nothing in the next."""
    return hashlib.sha256(f"{charge} {number}".encode()).hexdigest()[:16]


def invoice_id(company: Company, charge: Charge) -> str:
    """An invoice's number once the month is over and settled; empty before."""
    is_open = charge.period == f"{company.last_day:%Y-%m}"
    return "" if is_open else f"2{int(charge.period.replace('-', '')) * 1009}"


def month_after(period: str) -> date:
    """The first day after a billing period."""
    year, month = map(int, period.split("-"))
    return date(year + month // 12, month % 12 + 1, 1)


Column = tuple[str, str, Callable[[Company, Charge], Value]]


def _first(period: str) -> date:
    return date.fromisoformat(f"{period}-01")


# Legacy name, CUR 2.0 name, value. Numbers are Decimals, moments are dates at midnight UTC.
COLUMNS: Sequence[Column] = (
    ("bill/InvoiceId", "bill_invoice_id", invoice_id),
    ("bill/BillingEntity", "bill_billing_entity", lambda *_: "AWS"),
    ("bill/BillType", "bill_bill_type",
     lambda _, c: "Refund" if c.type == "Refund" else "Anniversary"),
    ("bill/PayerAccountId", "bill_payer_account_id", lambda company, _: company.payer),
    ("bill/BillingPeriodStartDate", "bill_billing_period_start_date", lambda _, c: _first(c.period)),
    ("bill/BillingPeriodEndDate", "bill_billing_period_end_date", lambda _, c: month_after(c.period)),
    ("lineItem/UsageAccountId", "line_item_usage_account_id", lambda _, c: c.account),
    ("lineItem/LineItemType", "line_item_line_item_type", lambda _, c: c.type),
    ("lineItem/UsageStartDate", "line_item_usage_start_date", lambda _, c: c.day),
    ("lineItem/UsageEndDate", "line_item_usage_end_date", lambda _, c: c.day + timedelta(days=1)),
    ("lineItem/ProductCode", "line_item_product_code", lambda _, c: c.product),
    ("lineItem/UsageType", "line_item_usage_type", lambda _, c: c.usage_type),
    ("lineItem/Operation", "line_item_operation", lambda _, c: c.operation),
    ("lineItem/ResourceId", "line_item_resource_id", lambda _, c: c.resource),
    ("lineItem/UsageAmount", "line_item_usage_amount", lambda _, c: c.amount),
    ("lineItem/CurrencyCode", "line_item_currency_code", lambda *_: "USD"),
    ("lineItem/UnblendedCost", "line_item_unblended_cost", lambda _, c: c.cost),
    ("lineItem/NetUnblendedCost", "line_item_net_unblended_cost", lambda _, c: c.net_cost),
    ("lineItem/LineItemDescription", "line_item_line_item_description", lambda _, c: c.description),
    ("product/ProductName", "product_product_name", lambda _, c: c.service),
    ("product/instanceType", "product_instance_type", lambda _, c: c.instance),
    ("product/regionCode", "product_region_code", lambda _, c: c.region),
    ("pricing/term", "pricing_term", lambda _, c: "OnDemand" if c.type == "Usage" else ""),
    ("pricing/unit", "pricing_unit", lambda _, c: c.unit),
    ("pricing/publicOnDemandCost", "pricing_public_on_demand_cost",
     lambda _, c: c.cost if c.unit and c.committed is None else Decimal(0)),
    ("savingsPlan/SavingsPlanARN", "savings_plan_savings_plan_a_r_n", lambda _, c: c.plan_arn),
    ("savingsPlan/SavingsPlanEffectiveCost", "savings_plan_savings_plan_effective_cost",
     lambda _, c: c.plan_cost),
    ("savingsPlan/NetSavingsPlanEffectiveCost", "savings_plan_net_savings_plan_effective_cost",
     lambda _, c: c.plan_cost),
    ("savingsPlan/TotalCommitmentToDate", "savings_plan_total_commitment_to_date",
     lambda _, c: c.committed),
    ("savingsPlan/UsedCommitment", "savings_plan_used_commitment", lambda _, c: c.used),
    ("savingsPlan/RecurringCommitmentForBillingPeriod",
     "savings_plan_recurring_commitment_for_billing_period", lambda _, c: c.committed),
    ("savingsPlan/NetRecurringCommitmentForBillingPeriod",
     "savings_plan_net_recurring_commitment_for_billing_period", lambda _, c: c.committed),
)  # fmt: skip


def legacy_csv(company: Company, charges: Sequence[Charge]) -> bytes:
    """A chunk of a legacy CUR: CSV in GZIP, a column for each tag key."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    tags = [f"resourceTags/user:{key}" for key in TAG_KEYS]
    writer.writerow(["identity/LineItemId", *(name for name, _, _ in COLUMNS), *tags])
    for number, charge in enumerate(charges):
        carried = dict(charge.tags)
        values = [_text(value(company, charge)) for _, _, value in COLUMNS]
        writer.writerow([line_id(charge, number), *values, *(carried.get(k, "") for k in TAG_KEYS)])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def _text(value: Value) -> str:
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value or ""


def write_cur2(path: Path, company: Company, charges: Sequence[Charge]) -> None:
    """A chunk of CUR 2.0: Parquet with amounts as doubles, as AWS writes them, and tags as a map."""
    columns: dict[str, pa.Array] = {
        "identity_line_item_id": pa.array([line_id(c, n) for n, c in enumerate(charges)])
    }
    for _, name, value in COLUMNS:
        if name != "product_product_name":
            columns[name] = _array([value(company, charge) for charge in charges])
    maps = pa.map_(pa.string(), pa.string())
    columns["product"] = pa.array([[("product_name", c.service)] for c in charges], maps)
    tags = [[(_tag_name(key), value) for key, value in charge.tags] for charge in charges]
    columns["resource_tags"] = pa.array(tags, maps)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="snappy")


def _tag_name(key: str) -> str:
    """A tag key by the rules of CUR's Parquet column names, with the prefix of user-defined keys."""
    spaced = re.sub(r"([A-Z])", r"_\1", f"user:{key}")
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def _array(values: Sequence[Value]) -> pa.Array:
    if any(isinstance(value, Decimal) for value in values):
        return pa.array([None if v is None else float(str(v)) for v in values], pa.float64())
    if any(isinstance(value, date) for value in values):
        moments = [
            datetime(v.year, v.month, v.day, tzinfo=UTC) for v in values if isinstance(v, date)
        ]
        return pa.array(moments, pa.timestamp("ms", tz="UTC"))
    return pa.array([value or None for value in values], pa.string())
