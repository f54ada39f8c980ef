"""Spellings: every way AWS writes a column, a tag, a date or an amount gives one raw column."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.errors import DeliveryError
from spaceledger.paths import sql_dir
from spaceledger.warehouse.connection import run
from spaceledger.warehouse.scan import Header, _kind, normalise
from spaceledger.warehouse.spellings import project, raw_columns, raw_table_of

SPACE = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/Fraud"
CUR = {
    "lineItem/UsageStartDate": "2026-08-01T00:00:00Z",
    "lineItem/ProductCode": "AmazonSageMaker",
    "lineItem/UnblendedCost": "1",
}
FOCUS = {
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-08-01T00:00:00Z",
    "BilledCost": "1",
    "EffectiveCost": "1",
    "BillingCurrency": "USD",
}
TEXT_MAP = pa.map_(pa.string(), pa.string())


def read_csv(con: duckdb.DuckDBPyConnection, table: str, row: dict[str, str]) -> dict[str, Any]:
    """One CSV row, all text, as raw columns."""
    header = Header(tuple((name, "text") for name in row), is_parquet=False, row_count=None)
    return _read(con, table, header, pa.table({name: [cell] for name, cell in row.items()}))


def read_parquet(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> dict[str, Any]:
    """One Parquet row as raw columns."""
    columns = tuple((field.name, _kind(field.type)) for field in rows.schema)
    return _read(con, table, Header(columns, is_parquet=True, row_count=1), rows)


def _read(
    con: duckdb.DuckDBPyConnection, table: str, header: Header, rows: pa.Table
) -> dict[str, Any]:
    projection = project(table, header, "here")
    con.register("delivered_rows", rows)
    try:
        columns = ", ".join(f"{value} as {name}" for name, value in projection.expressions)
        found = run(con, f"select {columns} from delivered_rows")
    finally:
        con.unregister("delivered_rows")
    names = [name for name, _ in projection.expressions]
    return dict(zip(names, found[0], strict=True))


TAGS = {
    "space_arn_tag": ("sagemaker:space-arn", "user_sagemaker_space_arn"),
    "domain_arn_tag": ("sagemaker:domain-arn", "user_sagemaker_domain_arn"),
    "user_profile_arn_tag": ("sagemaker:user-profile-arn", "user_sagemaker_user_profile_arn"),
    "managed_by_tag": (
        "ManagedByAmazonSageMakerResource",
        "user_managed_by_amazon_sage_maker_resource",
    ),
}


@pytest.mark.parametrize("column", TAGS)
def test_a_tag_in_a_header_of_a_legacy_export(
    macros: duckdb.DuckDBPyConnection, column: str
) -> None:
    key, normal = TAGS[column]
    for name in (f"resourceTags/user:{key}", f"resource_tags_{normal}"):
        assert read_csv(macros, "cur__line_items", CUR | {name: SPACE})[column] == SPACE


@pytest.mark.parametrize("place", ["resource_tags", "tags"])
@pytest.mark.parametrize("column", TAGS)
def test_a_tag_in_a_map_of_cur_2(
    macros: duckdb.DuckDBPyConnection, column: str, place: str
) -> None:
    key, normal = TAGS[column]
    for spelling in (normal, f"resourceTags/{key}", f"resourceTags/user:{key}", f"user:{key}", key):
        tags = {"user_team": "x", spelling: SPACE}
        row = CUR | {place: json.dumps(tags)}
        assert read_csv(macros, "cur__line_items", row)[column] == SPACE
        table = pa.table(
            {
                "line_item_usage_start_date": [datetime(2026, 8, 1)],
                "line_item_product_code": ["AmazonSageMaker"],
                "line_item_unblended_cost": [1.0],
                place: pa.array([list(tags.items())], TEXT_MAP),
            }
        )
        assert read_parquet(macros, "cur__line_items", table)[column] == SPACE


@pytest.mark.parametrize("column", TAGS)
def test_a_tag_in_a_map_of_focus(macros: duckdb.DuckDBPyConnection, column: str) -> None:
    key, normal = TAGS[column]
    for spelling in (key, f"user:{key}", normal, f"resourceTags/{key}", f"resourceTags/user:{key}"):
        row = FOCUS | {"Tags": json.dumps({"team": "x", spelling: SPACE})}
        assert read_csv(macros, "focus__line_items", row)[column] == SPACE


@pytest.mark.parametrize(
    "tags", ["", "{}", '{"user_sagemaker_space_arn": ""}', '{"user_sagemaker_space_arn": null}']
)
def test_an_empty_tag_is_no_tag(macros: duckdb.DuckDBPyConnection, tags: str) -> None:
    row = CUR | {"resource_tags": tags}
    assert read_csv(macros, "cur__line_items", row)["space_arn_tag"] is None
    row = CUR | {"resourceTags/user:sagemaker:space-arn": ""}
    assert read_csv(macros, "cur__line_items", row)["space_arn_tag"] is None


def test_an_empty_column_gives_way_to_another_spelling(macros: duckdb.DuckDBPyConnection) -> None:
    row = CUR | {
        "resource_tags": "{}",
        "tags": json.dumps({"resourceTags/sagemaker:space-arn": SPACE}),
        "product/regionCode": "",
        "product/region": "eu-west-1",
    }
    found = read_csv(macros, "cur__line_items", row)
    assert (found["space_arn_tag"], found["region_code"]) == (SPACE, "eu-west-1")


def test_tags_that_are_no_json_are_no_silent_loss(macros: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error, match="JSON"):
        read_csv(macros, "cur__line_items", CUR | {"resource_tags": "{not json"})


@pytest.mark.parametrize(
    "written",
    [
        "2026-08-01T00:00:00Z",
        "2026-08-01T00:00:00.000Z",
        "2026-08-01 00:00:00+00:00",
        "2026-08-01 00:00:00",
        "2026-08-01T00:00:00",
        "2026-08-01",
        "2026-08-01T02:00:00+02:00",
        "2026-07-31 23:00:00-01",
    ],
)
def test_every_way_to_write_a_time_is_the_same_time_utc(
    macros: duckdb.DuckDBPyConnection, written: str
) -> None:
    found = read_csv(macros, "cur__line_items", CUR | {"lineItem/UsageStartDate": written})
    assert found["usage_start_at"] == datetime(2026, 8, 1)
    found = read_csv(macros, "focus__line_items", FOCUS | {"ChargePeriodStart": written})
    assert found["charge_period_start_at"] == datetime(2026, 8, 1)


@pytest.mark.parametrize(
    "kind", [pa.timestamp("ms"), pa.timestamp("us", "UTC"), pa.timestamp("ns"), pa.string()]
)
def test_times_of_parquet_are_utc(macros: duckdb.DuckDBPyConnection, kind: pa.DataType) -> None:
    moment: Any = datetime(2026, 8, 1, 5)
    table = pa.table(
        {
            "line_item_usage_start_date": pa.array(
                [f"{moment.isoformat()}.000Z" if kind == pa.string() else moment], kind
            ),
            "line_item_product_code": ["AmazonSageMaker"],
            "line_item_unblended_cost": [1.0],
        }
    )
    assert read_parquet(macros, "cur__line_items", table)["usage_start_at"] == moment


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("3.0E-8", "0.00000003"),
        ("1.25e3", "1250"),
        ("-0.0000000001", "-0.0000000001"),
        ("0", "0"),
        ("-0", "0"),
        ("0.123456789012", "0.123456789012"),
        ("99999999999999999999999999.999999999999", "99999999999999999999999999.999999999999"),
        ("+1.5", "1.5"),
        (".5", "0.5"),
    ],
)
def test_amounts_of_csv_are_exact(
    macros: duckdb.DuckDBPyConnection, written: str, amount: str
) -> None:
    found = read_csv(macros, "cur__line_items", CUR | {"lineItem/UnblendedCost": written})
    assert found["unblended_cost"] == Decimal(amount)


@pytest.mark.parametrize(
    "written",
    ["1_000", "1,000", "NaN", "inf", "-Infinity", "0x10", "$5", "five", "1 2", "٥", "1e40"],
)
def test_what_is_no_amount_is_refused(macros: duckdb.DuckDBPyConnection, written: str) -> None:
    with pytest.raises(duckdb.Error):
        read_csv(macros, "cur__line_items", CUR | {"lineItem/UnblendedCost": written})


@given(amount=st.decimals(-100_000, 100_000, places=10, allow_nan=False))
def test_ten_decimals_survive_a_double(macros: duckdb.DuckDBPyConnection, amount: Decimal) -> None:
    exact = Decimal(repr(float(amount)))  # what the double in the file says
    found = run(macros, "select money(?::double)", [float(amount)])[0][0]
    assert found == exact.quantize(Decimal("1e-12"))


@given(amount=st.decimals(-(10**20), 10**20, places=12, allow_nan=False))
def test_twelve_decimals_survive_text(macros: duckdb.DuckDBPyConnection, amount: Decimal) -> None:
    assert run(macros, "select money(?::varchar)", [f"{amount:f}"])[0][0] == amount


@given(
    amount=st.decimals(-(10**6), 10**6, places=6),
    numerator=st.decimals(-(10**4), 10**4, places=6),
    denominator=st.decimals(-(10**4), 10**4, places=6).filter(bool),
)
def test_proportions_are_exact_to_twelve_decimals(
    macros: duckdb.DuckDBPyConnection, amount: Decimal, numerator: Decimal, denominator: Decimal
) -> None:
    from decimal import ROUND_HALF_UP, localcontext

    with localcontext() as context:
        context.prec = 80
        expected = (amount * numerator / denominator).quantize(Decimal("1e-12"), ROUND_HALF_UP)
    found = run(
        macros,
        "select proportion(?::decimal(38, 12), ?::decimal(38, 12), ?::decimal(38, 12))",
        [str(amount), str(numerator), str(denominator)],
    )[0][0]
    assert found == expected


def test_account_ids_keep_their_zeros(macros: duckdb.DuckDBPyConnection) -> None:
    row = CUR | {"lineItem/UsageAccountId": "000000000123", "bill/PayerAccountId": "012345678901"}
    found = read_csv(macros, "cur__line_items", row)
    assert (found["usage_account_id"], found["payer_account_id"]) == (
        "000000000123",
        "012345678901",
    )


def test_the_word_null_is_nothing_in_focus_and_text_in_cur(
    macros: duckdb.DuckDBPyConnection,
) -> None:
    row = FOCUS | {"InvoiceId": "NULL", "ListCost": "NULL", "Tags": "NULL", "ResourceId": "null"}
    found = read_csv(macros, "focus__line_items", row)
    assert (found["invoice_id"], found["list_cost"], found["space_arn_tag"]) == (None, None, None)
    assert found["resource_id"] == "null"
    row = CUR | {"lineItem/LineItemDescription": "NULL", "bill/InvoiceId": ""}
    found = read_csv(macros, "cur__line_items", row)
    assert (found["line_item_description"], found["invoice_id"]) == ("NULL", None)


@pytest.mark.parametrize(
    ("table", "row", "gone"),
    [
        *(("cur__line_items", CUR, name) for name in CUR),
        *(("focus__line_items", FOCUS, name) for name in FOCUS),
    ],
)
def test_a_required_column_that_is_missing_is_named(
    table: str, row: dict[str, str], gone: str
) -> None:
    columns = tuple((name, "text") for name in row if name != gone)
    with pytest.raises(DeliveryError) as caught:
        project(table, Header(columns, is_parquet=False, row_count=None), "the file")
    assert caught.value.problem == "missing_column"
    assert normalise(gone) in str(caught.value)


def test_optional_columns_that_are_missing_are_null(macros: duckdb.DuckDBPyConnection) -> None:
    for table, row in (("cur__line_items", CUR), ("focus__line_items", FOCUS)):
        found = read_csv(macros, table, row)
        given = sum(cell is not None for cell in found.values())
        assert given == len(row)


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (CUR, "cur__line_items"),
        (["line_item_unblended_cost"], "cur__line_items"),
        (FOCUS, "focus__line_items"),
        (["BilledCost", "x"], "focus__line_items"),
    ],
)
def test_the_header_says_which_format_a_file_is(names: list[str], table: str) -> None:
    header = Header(tuple((name, "text") for name in names), is_parquet=False, row_count=None)
    assert raw_table_of(header, "here") == table


def test_a_file_that_is_no_bill_is_held_back() -> None:
    header = Header((("name", "text"), ("age", "text")), is_parquet=False, row_count=None)
    with pytest.raises(DeliveryError) as caught:
        raw_table_of(header, "here")
    assert caught.value.problem == "unknown_format"


def test_names_that_hold_quotes_are_names(macros: duckdb.DuckDBPyConnection) -> None:
    row = CUR | {'resourceTags/user:sagemaker:"space"-arn': SPACE, "it's": "x", 'a"; drop': "y"}
    assert read_csv(macros, "cur__line_items", row)["space_arn_tag"] == SPACE


def test_every_spelling_feeds_a_column_the_raw_table_has() -> None:
    with (sql_dir() / "raw" / "spellings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} <= {"text", "money", "quantity", "time"}
    assert len({(row["table"], row["spelling"]) for row in rows}) == len(rows)
    for row in rows:
        plain = row["spelling"].partition("{")[0]
        assert plain == normalise(plain), row
    for table in ("cur__line_items", "focus__line_items"):
        header = (sql_dir() / "raw" / f"{table}.sql").read_text(encoding="utf-8")
        for column in raw_columns(table):
            assert f"as {column.name}" in header
