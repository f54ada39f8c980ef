"""Reading every format to the same lines, and what a line says of its space and scope."""

import csv
import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.independent.bill_figures import effective_cost, in_scope, read_bill, space_of, summarise
from tests.independent.lines import billing_period, charge_type, currency, usage_date
from tests.independent.readers import DOMAIN, MANAGED, SPACE, parquet_style, utc_date

ARN = "arn:aws:sagemaker:us-east-1:123456789012:space/d-abc/Fraud-Models"
LOWER = "arn:aws:sagemaker:us-east-1:123456789012:space/d-abc/fraud-models"


def write_csv(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("lineItem/UnblendedCost", "line_item_unblended_cost"),
        ("reservation/ReservationARN", "reservation_reservation_a_r_n"),
        ("resourceTags/user:sagemaker:space-arn", "resource_tags_user_sagemaker_space_arn"),
        (
            "resourceTags/user:ManagedByAmazonSageMakerResource",
            "resource_tags_user_managed_by_amazon_sage_maker_resource",
        ),
        ("aws:createdBy", "aws_created_by"),
        ("line_item_unblended_cost", "line_item_unblended_cost"),
        ("x_ServiceCode", "x_service_code"),
        ("BilledCost", "billed_cost"),
    ],
)
def test_headers(header: str, name: str):
    assert parquet_style(header) == name


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2026-08-01T00:00:00Z", "2026-08-01"),
        ("2026-08-01T23:00:00.000Z", "2026-08-01"),
        ("2026-08-01 00:00:00+00:00", "2026-08-01"),
        ("2026-08-01 00:00:00", "2026-08-01"),
        ("2026-08-01T01:00:00+02:00", "2026-07-31"),
        ("2026-08-01", "2026-08-01"),
    ],
)
def test_dates(stamp: str, day: str):
    assert utc_date(stamp) == day


@pytest.mark.parametrize(
    "columns",
    [
        {"resourceTags/user:sagemaker:space-arn": ARN},
        {"resource_tags_user_sagemaker_space_arn": ARN},
        {"resource_tags": json.dumps({"user_sagemaker_space_arn": ARN, "user_team": "x"})},
        {"tags": json.dumps({"resourceTags/sagemaker:space-arn": ARN})},
        {"Tags": json.dumps({"sagemaker:space-arn": ARN, "count": 3})},
        {"Tags": json.dumps({"user:sagemaker:space-arn": ARN})},
        {"Tags": json.dumps({"user_sagemaker_space_arn": ARN})},
        {"resource_tags_user_sagemaker_space_arn": "", "tags": json.dumps({SPACE: ARN})},
        {"resource_tags_user_sagemaker_space_arn": "NULL", "tags": json.dumps({SPACE: ARN})},
    ],
)
def test_every_spelling_of_the_space_tag(tmp_path: Path, columns: dict[str, str]):
    [line] = read_bill([write_csv(tmp_path / "bill.csv", columns)])
    assert space_of(line) == LOWER
    assert in_scope(line)


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "NULL",
        "space/d-abc/fraud",
        "arn:aws:sagemaker:us-east-1:123456789012:space/d-abc",
        "arn:aws:sagemaker:us-east-1:123456789012:app/d-abc/fraud",
        "arn:aws:sagemaker:us-east-1:12345:space/d-abc/fraud",
        "arn:aws:sagemaker:us-east-1:123456789012:space/d-abc/fraud/more",
        "arn:aws:sagemaker:us-east-1:123456789012:space/d-abc/-fraud",
        "arn:aws:sagemaker:us-east-1:123456789012:space/d-abc/" + "a" * 64,
        "arn:aws:sagemaker:us-east-1:123456789012:space/d-abc/fraud\n",
    ],
)
def test_a_malformed_space_tag_names_no_space(tag: str):
    line = {"tag:" + SPACE: tag}
    assert space_of(line) is None
    assert in_scope(line) is bool(tag)


def test_other_partitions_have_spaces():
    arn = ARN.replace("arn:aws:", "arn:aws-us-gov:").replace("us-east-1", "us-gov-west-1")
    assert space_of({"tag:" + SPACE: arn}) == arn.lower()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"line_item_product_code": "AmazonSageMaker"}, True),
        ({"line_item_product_code": "MachineLearningSavingsPlans"}, True),
        ({"line_item_product_code": "ComputeSavingsPlans"}, False),
        ({"x_service_code": "AmazonSageMaker", "service_name": "Amazon SageMaker"}, True),
        ({"line_item_product_code": "AmazonEC2"}, False),
        ({"line_item_product_code": "AmazonEFS", "tag:" + MANAGED: "arn:x"}, True),
        ({"line_item_product_code": "AmazonEMR", "tag:" + DOMAIN: "arn:x"}, True),
        ({"line_item_resource_id": "arn:aws:sagemaker:us-east-1:1:endpoint/e"}, True),
        ({"resource_id": "arn:aws-cn:sagemaker:cn-north-1:1:endpoint/e"}, True),
        ({"line_item_resource_id": "arn:aws:s3:::sagemaker"}, False),
        ({"line_item_product_code": "AmazonSageMaker", "line_item_operation": "EKSPod-EC2"}, False),
        ({}, False),
    ],
)
def test_scope(line: dict[str, str], expected: bool):
    assert in_scope(line) is expected


def test_period_type_and_currency():
    line = {"line_item_usage_start_date": "2026-08-31T23:00:00Z", "line_item_currency_code": "CNY"}
    assert (billing_period(line), usage_date(line), currency(line)) == (
        "2026-08",
        "2026-08-31",
        "CNY",
    )
    line["bill_billing_period_start_date"] = "2026-09-01T00:00:00Z"
    assert billing_period(line) == "2026-09"
    focus = {"billed_cost": "1", "charge_category": "Usage", "charge_class": "Correction"}
    assert charge_type(focus) == "Usage Correction"
    assert charge_type(focus | {"charge_class": ""}) == "Usage"


BILL = {
    "bill/BillingPeriodStartDate": "2026-08-01T00:00:00Z",
    "lineItem/UsageStartDate": "2026-08-02T05:00:00Z",
    "lineItem/LineItemType": "Usage",
    "lineItem/CurrencyCode": "USD",
    "lineItem/LineItemDescription": 'a "quoted", two\nline text \u2211',
    "lineItem/UnblendedCost": "0.1000000000",
    "resourceTags/user:sagemaker:space-arn": ARN,
}


def test_csv_plain_gzip_and_zip_agree(tmp_path: Path):
    plain = write_csv(tmp_path / "bill.csv", BILL, BILL)
    with gzip.open(tmp_path / "bill.csv.gz", "wb") as file:
        file.write(b"\xef\xbb\xbf" + plain.read_bytes())
    with zipfile.ZipFile(tmp_path / "bill.csv.zip", "w") as archive:
        archive.write(plain, "bill-1.csv")
        archive.write(plain, "bill-2.csv")
    lines = list(read_bill([plain]))
    assert lines[0]["line_item_line_item_description"] == BILL["lineItem/LineItemDescription"]
    assert list(read_bill([tmp_path / "bill.csv.gz"])) == lines
    assert list(read_bill([tmp_path / "bill.csv.zip"])) == lines * 2
    assert len(list(read_bill([tmp_path]))) == 8


def test_parquet_with_maps_doubles_and_timestamps(tmp_path: Path):
    stamp = pa.timestamp("ms", tz="UTC")
    table = pa.table(
        {
            "bill_billing_period_start_date": pa.array([datetime(2026, 8, 1, tzinfo=UTC)], stamp),
            "line_item_usage_start_date": pa.array([datetime(2026, 8, 31, 23, tzinfo=UTC)], stamp),
            "line_item_line_item_type": ["SavingsPlanCoveredUsage"],
            "line_item_currency_code": ["USD"],
            "line_item_unblended_cost": [0.3],
            "line_item_net_unblended_cost": pa.array([None], pa.float64()),
            "savings_plan_savings_plan_effective_cost": [0.1],
            "resource_tags": pa.array(
                [[("user_sagemaker_space_arn", ARN)]], pa.map_(pa.string(), pa.string())
            ),
        }
    )
    pq.write_table(table, tmp_path / "bill-00001.snappy.parquet")
    pq.write_table(table.slice(0, 0), tmp_path / "bill-00002.snappy.parquet")
    (tmp_path / "bill-00003.snappy.parquet").touch()
    summary = summarise(read_bill([tmp_path]))
    [(key, sums)] = summary.space_days.items()
    assert key == ("2026-08", LOWER, "2026-08-31", "USD")
    assert (str(sums.effective), str(sums.unblended), str(sums.billed)) == ("0.1", "0.3", "0")


def test_null_is_nothing_in_focus_csv_only(tmp_path: Path):
    focus = {"BilledCost": "1", "EffectiveCost": "NULL", "ChargeCategory": "Usage", "Tags": "NULL"}
    [line] = read_bill([write_csv(tmp_path / "focus.csv", focus)])
    assert effective_cost(line) == 0
    assert not in_scope(line)
    [line] = read_bill([write_csv(tmp_path / "cur.csv", BILL | {"lineItem/LineItemType": "NULL"})])
    assert charge_type(line) == "NULL"


def test_a_row_of_too_few_fields_is_refused(tmp_path: Path):
    bill = tmp_path / "bill.csv"
    bill.write_text("lineItem/LineItemType,lineItem/UnblendedCost\nUsage\n", "utf-8")
    with pytest.raises(ValueError, match="row 2 has 1 of 2 fields"):
        list(read_bill([bill]))


def test_a_manifest_names_its_files_by_the_tail_of_their_keys(tmp_path: Path):
    folder = tmp_path / "copy" / "20260801-20260901"
    (folder / "id-2").mkdir(parents=True)
    write_csv(folder / "id-2" / "r-1.csv", BILL)
    write_csv(folder / "superseded.csv", BILL)
    manifest = folder / "r-Manifest.json"
    keys = ["prefix/copy/20260801-20260901/id-2/r-1.csv"]
    manifest.write_text(json.dumps({"reportKeys": keys}), "utf-8")
    assert len(list(read_bill([manifest]))) == 1
    manifest.write_text(json.dumps({"dataFiles": [f"s3://bucket/{keys[0]}"]}), "utf-8")
    assert len(list(read_bill([manifest]))) == 1
    manifest.write_text(json.dumps({"reportKeys": ["gone.csv"]}), "utf-8")
    with pytest.raises(FileNotFoundError):
        list(read_bill([manifest]))
