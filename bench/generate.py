"""Bills to measure on: 150 columns, 5 % of the lines in scope, in chunks of a million lines as AWS delivers.

The columns the ledger reads hold plausible values; the rest are filled so that a reader must skip or
decode them. Parquet is a CUR 2.0 export with flat columns, CSV.gz a legacy CUR.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

LINES_PER_CHUNK = 1_000_000
COLUMN_COUNT = 150
_SPACE = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/space-"
_SPACE_COLUMN = "resource_tags_user_sagemaker_space_arn"
_COST = "((hash(i) % 1000000) / 1e8)::double"

# CUR 2.0 name, legacy name, SQL of a value.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("identity_line_item_id", "identity/LineItemId", "md5(i::varchar) || md5((i + 1)::varchar)"),
    ("bill_invoice_id", "bill/InvoiceId", "''"),
    ("bill_bill_type", "bill/BillType", "'Anniversary'"),
    ("bill_payer_account_id", "bill/PayerAccountId", "'012345678901'"),
    ("bill_billing_period_start_date", "bill/BillingPeriodStartDate", "timestamp '{period}-01'"),
    ("line_item_usage_account_id", "lineItem/UsageAccountId",
     "lpad((100000000000 + i % 40)::varchar, 12, '0')"),
    ("line_item_line_item_type", "lineItem/LineItemType",
     "case when i % 97 = 0 then 'Tax' when i % 31 = 0 then 'SavingsPlanCoveredUsage'"
     " when i % 37 = 0 then 'DiscountedUsage' when i % 1013 = 0 then 'Credit' else 'Usage' end"),
    ("line_item_usage_start_date", "lineItem/UsageStartDate",
     "timestamp '{period}-01' + interval (i % 672) hour"),
    ("line_item_usage_end_date", "lineItem/UsageEndDate",
     "timestamp '{period}-01' + interval (i % 672 + 1) hour"),
    ("line_item_product_code", "lineItem/ProductCode",
     "case when s then 'AmazonSageMaker' else"
     " (['AmazonEC2', 'AmazonS3', 'AWSLambda', 'AmazonRDS', 'AmazonCloudWatch'])[i % 5 + 1] end"),
    ("line_item_usage_type", "lineItem/UsageType",
     "case when s then 'USE1-Studio:JupyterLab-ml.t3.medium' else 'BoxUsage:m5.' || (i % 20) end"),
    ("line_item_operation", "lineItem/Operation", "'RunInstance'"),
    ("line_item_resource_id", "lineItem/ResourceId",
     "case when s then 'arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/space-' || (i % 30)"
     " || '/JupyterLab/default' else 'i-' || md5((i % 5000)::varchar) end"),
    ("line_item_usage_amount", "lineItem/UsageAmount", "((i % 1000) / 1000.0)::double"),
    ("line_item_currency_code", "lineItem/CurrencyCode", "'USD'"),
    ("line_item_unblended_cost", "lineItem/UnblendedCost", _COST),
    ("line_item_net_unblended_cost", "lineItem/NetUnblendedCost",
     "round(((hash(i) % 1000000) / 1.1e8)::double, 10)"),
    ("line_item_line_item_description", "lineItem/LineItemDescription",
     "'$0.05 per Hrs for thing ' || (i % 500)"),
    ("product_instance_type", "product/instanceType", "'ml.t3.medium'"),
    ("product_region_code", "product/regionCode", "'us-east-1'"),
    ("pricing_public_on_demand_cost", "pricing/publicOnDemandCost", _COST),
    ("pricing_unit", "pricing/unit", "'Hrs'"),
    ("pricing_term", "pricing/term", "'OnDemand'"),
    ("reservation_reservation_a_r_n", "reservation/ReservationARN", "''"),
    ("reservation_effective_cost", "reservation/EffectiveCost", "((hash(i) % 1000) / 1e8)::double"),
    ("reservation_unused_amortized_upfront_fee_for_billing_period",
     "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod", "0.0::double"),
    ("reservation_unused_recurring_fee", "reservation/UnusedRecurringFee", "0.0::double"),
    ("savings_plan_savings_plan_a_r_n", "savingsPlan/SavingsPlanARN", "''"),
    ("savings_plan_savings_plan_effective_cost", "savingsPlan/SavingsPlanEffectiveCost",
     "((hash(i) % 1000) / 1e8)::double"),
    ("savings_plan_used_commitment", "savingsPlan/UsedCommitment", "0.0::double"),
    ("savings_plan_total_commitment_to_date", "savingsPlan/TotalCommitmentToDate", "0.0::double"),
    ("savings_plan_recurring_commitment_for_billing_period",
     "savingsPlan/RecurringCommitmentForBillingPeriod", "0.0::double"),
    ("resource_tags_user_sagemaker_domain_arn", "resourceTags/user:sagemaker:domain-arn",
     "case when s then 'arn:aws:sagemaker:us-east-1:012345678901:domain/d-abc' else '' end"),
    (_SPACE_COLUMN, "resourceTags/user:sagemaker:space-arn",
     f"case when s and i % 3 <> 0 then '{_SPACE}' || (i % 30) else '' end"),
    ("resource_tags_user_sagemaker_user_profile_arn",
     "resourceTags/user:sagemaker:user-profile-arn", "''"),
)  # fmt: skip
_FILLERS = ("''", "'value ' || (i % 7)", "(i % 100)::varchar", "'x'")
USED_PARQUET = tuple(name for name, _, _ in COLUMNS)
USED_CSV = tuple(name for _, name, _ in COLUMNS)


def parquet_bill(folder: Path, lines: int, period: str = "2026-08") -> list[Path]:
    """A CUR 2.0 export of one month, snappy Parquet; made once. Returns its chunks."""
    data, manifest = _places(folder, period)
    names = _chunks("export", lines, "snappy.parquet")
    uris = [f"s3://bucket/export/data/{data.name}/{name}" for name in names]
    body = {"executionId": f"{period}-{lines}", "dataFiles": uris}
    if not manifest.exists():
        _write(data, names, lines, period, "format parquet, compression snappy")
        _manifest(manifest, body)
    return [data / name for name in names]


def deliver_again(folder: Path, period: str) -> None:
    """Delivers a month of a `parquet_bill` once more, with the cost of one line of a space altered."""
    data, manifest = _places(folder, period)
    body = json.loads(manifest.read_text())
    first, _, version = body["executionId"].partition("-version-")
    version = int(version or 0) + 1
    chunk = data / body["dataFiles"][0].rpartition("/")[2]
    fresh = chunk.with_name(f".{chunk.name}")
    altered = (
        "identity_line_item_id = (select min(identity_line_item_id) from bill where"
        f" line_item_line_item_type = 'Usage' and {_SPACE_COLUMN} <> '')"
    )
    costs = ", ".join(
        f"case when {altered} then {version} / 100 else {name} end as {name}"
        for name in ("line_item_unblended_cost", "line_item_net_unblended_cost")
    )
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.read_parquet(str(chunk)).create_view("bill")
        query = f"select * replace ({costs}) from bill"
        target = str(fresh).replace("'", "''")
        con.execute(f"copy ({query}) to '{target}' (format parquet, compression snappy)")
    fresh.replace(chunk)
    _manifest(manifest, body | {"executionId": f"{first}-version-{version}"})


def csv_bill(folder: Path, lines: int, period: str = "2026-08") -> list[Path]:
    """A legacy CUR of one month, CSV in GZIP; made once. Returns its chunks."""
    year, month = map(int, period.split("-"))
    span = f"{year}{month:02d}01-{year + month // 12}{month % 12 + 1:02d}01"
    data = folder / "report" / span
    names = _chunks("report", lines, "csv.gz")
    manifest = data / "report-Manifest.json"
    body = {
        "assemblyId": f"{period}-{lines}", "account": "012345678901", "reportName": "report",
        "reportKeys": [f"prefix/report/{span}/{name}" for name in names],
    }  # fmt: skip
    if not manifest.exists():
        _write(data, names, lines, period, "format csv, header, compression gzip")
        _manifest(manifest, body)
    return [data / name for name in names]


def _places(folder: Path, period: str) -> tuple[Path, Path]:
    """The data folder and the manifest of one month of a CUR 2.0 export."""
    export, month = folder / "export", f"BILLING_PERIOD={period}"
    return export / "data" / month, export / "metadata" / month / "export-Manifest.json"


def _chunks(stem: str, lines: int, ending: str) -> list[str]:
    count = -(-lines // LINES_PER_CHUNK)
    return [f"{stem}-{number:05d}.{ending}" for number in range(1, count + 1)]


def _write(folder: Path, names: list[str], lines: int, period: str, style: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    is_csv = "csv" in style
    parts = [
        f'{_value(sql, is_csv).replace("{period}", period)} as "{legacy if is_csv else new}"'
        for new, legacy, sql in COLUMNS
    ]
    for number in range(COLUMN_COUNT - len(parts)):
        name = f"product/attribute{number}" if is_csv else f"product_attribute_{number}"
        parts.append(f'{_FILLERS[number % len(_FILLERS)]} as "{name}"')
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute("set preserve_insertion_order = false")
        for number, name in enumerate(names):
            first, last = number * LINES_PER_CHUNK, min(lines, (number + 1) * LINES_PER_CHUNK)
            rows = f"select range as i, hash(range) % 20 = 0 as s from range({first}, {last})"
            target = str(folder / name).replace("'", "''")
            con.execute(f"copy (select {', '.join(parts)} from ({rows})) to '{target}' ({style})")


def _value(sql: str, is_csv: bool) -> str:
    """CSV bills write moments as AWS does and amounts with ten decimals; Parquet holds numbers."""
    if is_csv and "timestamp" in sql:
        return f"strftime({sql}, '%Y-%m-%dT%H:%M:%SZ')"
    return f"({sql})::decimal(18, 10)" if is_csv and "::double" in sql else sql


def _manifest(path: Path, body: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body))


def main() -> None:
    """`python -m bench.generate parquet|csv LINES FOLDER`: in a process of its own, as its memory counts."""
    style, lines, folder = sys.argv[1:]
    files = {"parquet": parquet_bill, "csv": csv_bill}[style](Path(folder), int(lines))
    print("\n".join(map(str, files)))


if __name__ == "__main__":
    main()
