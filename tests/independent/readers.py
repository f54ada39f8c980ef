"""Read AWS bills into plain text lines, with the standard library and pyarrow alone.

A line is a dict of text. A column the file lacks has no key; a value the line lacks is ''.
Headers are in the Parquet style (`lineItem/UnblendedCost` -> `line_item_unblended_cost`), except
that a SageMaker tag's own column is called `tag:` and the tag's key, however it was spelled.
"""

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TextIO

import pyarrow.parquet as pq

Line = dict[str, str]

SPACE = "sagemaker:space-arn"
DOMAIN = "sagemaker:domain-arn"
USER_PROFILE = "sagemaker:user-profile-arn"
MANAGED = "ManagedByAmazonSageMakerResource"
TAG_KEYS = (SPACE, DOMAIN, USER_PROFILE, MANAGED)
TAG_MAPS = ("resource_tags", "tags")

_ENDINGS = (".csv", ".csv.gz", ".csv.zip", ".parquet")
_SAVINGS_PLAN = (
    "savings_plan_effective_cost",
    "net_savings_plan_effective_cost",
    "total_commitment_to_date",
    "used_commitment",
    "amortized_upfront_commitment_for_billing_period",
    "recurring_commitment_for_billing_period",
    "net_amortized_upfront_commitment_for_billing_period",
)
_RESERVATION = (
    "reservation_a_r_n",
    "reservation_arn",
    "effective_cost",
    "net_effective_cost",
    "unused_amortized_upfront_fee_for_billing_period",
    "unused_recurring_fee",
    "net_unused_amortized_upfront_fee_for_billing_period",
    "net_unused_recurring_fee",
)
_LINE_ITEM = (
    "line_item_type",
    "usage_start_date",
    "product_code",
    "usage_type",
    "operation",
    "resource_id",
    "usage_amount",
    "currency_code",
    "unblended_cost",
    "net_unblended_cost",
    "line_item_description",
)
_FOCUS = (
    "billing_period_start",
    "charge_period_start",
    "charge_category",
    "charge_class",
    "commitment_discount_status",
    "billing_currency",
    "billed_cost",
    "effective_cost",
    "list_cost",
    "consumed_quantity",
    "resource_id",
    "service_name",
    "sku_meter",
    "x_service_code",
    "x_usage_type",
)
WANTED = frozenset(
    [
        "bill_billing_period_start_date",
        "pricing_public_on_demand_cost",
        *TAG_MAPS,
        *_FOCUS,
        *(f"tag:{key}" for key in TAG_KEYS),
        *(f"line_item_{name}" for name in _LINE_ITEM),
        *(f"reservation_{name}" for name in _RESERVATION),
        *(f"savings_plan_{name}" for name in _SAVINGS_PLAN),
    ]
)


def parquet_style(header: str) -> str:
    """Rewrite a header by AWS's own column transformations (aws-facts 2.2)."""
    spread = re.sub(r"([A-Z])", r"_\1", header).lower()
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9]", "_", spread)).strip("_")


def tag_spellings(key: str) -> frozenset[str]:
    """Every way a bill may spell the tag `key`, as a column or in a map (aws-facts 2.1)."""
    normal = parquet_style(key)
    return frozenset(
        [f"{prefix}{key}" for prefix in ("", "user:", "resourceTags/", "resourceTags/user:")]
        + [f"{prefix}{normal}" for prefix in ("user_", "resource_tags_user_")]
    )


TAG_KEY_OF = {spelling: key for key in TAG_KEYS for spelling in tag_spellings(key)}


def column_name(header: str) -> str:
    """The name a line knows a delivered column by."""
    key = TAG_KEY_OF.get(header)
    return f"tag:{key}" if key else parquet_style(header)


def is_focus_header(names: list[str]) -> bool:
    """Whether a file with these columns is a FOCUS export."""
    return "billed_cost" in names and "charge_category" in names


def find_files(paths: list[Path]) -> list[Path]:
    """The data files of `paths`: files as given, folders whole, a manifest's own list."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.is_file() and p.name.endswith(_ENDINGS))
            found.extend(sorted(inside))
        elif path.name.endswith("Manifest.json"):
            found.extend(manifest_files(path))
        else:
            found.append(path)
    return found


def manifest_files(manifest: Path) -> list[Path]:
    """The files a manifest of a local copy lists, found by the tail of their keys."""
    content = json.loads(manifest.read_text(encoding="utf-8"))
    return [_local_file(manifest, key) for key in content.get("reportKeys") or content["dataFiles"]]


def _local_file(manifest: Path, key: str) -> Path:
    parts = key.removeprefix("s3://").split("/")
    for start in range(len(parts)):
        for folder in manifest.absolute().parents:
            candidate = folder.joinpath(*parts[start:])
            if candidate.is_file():
                return candidate
    raise FileNotFoundError(f"{manifest}: {key}")


def read_bill(paths: list[Path], *, fmt: str | None = None) -> Iterator[Line]:
    """Yield every line of the bill files; `fmt` ('cur' or 'focus') overrules the headers."""
    for path in find_files(paths):
        if path.name.endswith(".parquet"):
            yield from _read_parquet(path)
        else:
            yield from _read_csv(path, fmt)


def _read_csv(path: Path, fmt: str | None) -> Iterator[Line]:
    csv.field_size_limit(1 << 30)
    for text in _texts(path):
        rows = csv.reader(text, strict=True)
        names = [column_name(header) for header in next(rows, [])]
        focus = fmt == "focus" or (fmt is None and is_focus_header(names))
        kept = [(at, name) for at, name in enumerate(names) if name in WANTED]
        for number, row in enumerate(filter(None, rows), start=2):
            if len(row) != len(names):
                raise ValueError(f"{path}: row {number} has {len(row)} of {len(names)} fields")
            line = _first_filled((name, row[at]) for at, name in kept)
            yield {k: "" if v == "NULL" else v for k, v in line.items()} if focus else line


def _first_filled(values: Iterable[tuple[str, str]]) -> Line:
    """A line of these values; of two columns that normalise to one name, the first filled one."""
    line: Line = {}
    for name, value in values:
        if not line.get(name):
            line[name] = value
    return line


def _texts(path: Path) -> Iterator[TextIO]:
    """The texts of a file: one, or as many as a ZIP has members; each is closed after its turn."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if not name.endswith("/"):
                    with archive.open(name) as raw:
                        yield io.TextIOWrapper(raw, "utf-8-sig", newline="")
    elif path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as text:
            yield text
    else:
        with path.open(encoding="utf-8-sig", newline="") as text:
            yield text


def _read_parquet(path: Path) -> Iterator[Line]:
    if path.stat().st_size == 0:
        return
    with pq.ParquetFile(path) as file:
        headers = [h for h in file.schema_arrow.names if column_name(h) in WANTED]
        names = [column_name(header) for header in headers]
        for batch in file.iter_batches(batch_size=20_000, columns=headers):
            columns = [map(_text, batch.column(header).to_pylist()) for header in headers]
            for row in zip(*columns, strict=True):
                yield _first_filled(zip(names, row, strict=True))


def _text(value: object) -> str:
    """A Parquet value as a CSV would print it; a double by its shortest exact form."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(dict(value))
    return str(value)


@lru_cache(maxsize=100_000)
def utc_date(stamp: str) -> str:
    """The UTC date of a bill's timestamp, `2026-08-01`, whichever way it is written."""
    moment = datetime.fromisoformat(stamp)
    return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()
