"""Delivered files: what was written is read back equal, and what is broken is held back."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spaceledger.errors import DeliveryError
from spaceledger.warehouse import scan
from spaceledger.warehouse.scan import (
    LocalFile,
    csv_chunks,
    normalise,
    parquet_relation,
    read_header,
)


def text(rows: list[list[str]], newline: str = "\n") -> bytes:
    """CSV of these rows. Python 3.11 leaves a lone carriage return bare where lines end in `\\n`."""
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if newline == "\n" else csv.QUOTE_MINIMAL
    csv.writer(out, lineterminator=newline, quoting=quoting).writerows(rows)
    return out.getvalue().encode()


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return out.getvalue()


def read(path: Path, columns: list[str] | None = None) -> list[list[str]]:
    """Header and rows of a file, as the loader reads them."""
    names = [name for name, _ in read_header(path, "here").columns]
    chosen = columns or names
    tables = list(csv_chunks([LocalFile(path, "here")], chosen))
    rows = [list(row.values()) for table in tables for row in table.to_pylist()]
    return [chosen, *rows]


HEADER = ["id", "lineItem/LineItemDescription"]
HARD = [
    "plain",
    "a, b",
    'say "hi"',
    '"',
    '""',
    "line\nbreak",
    "line\r\nbreak",
    "\r",
    "\n",
    " spaces ",
    "\ttab",
    "",
    "NULL",
    "null",
    "\\N",
    "N/A",
    "nan",
    "true",
    "0012",
    "1_000",
    "３ 費用 ä 🚀 \u202e",
    "\u2028",
    "=cmd|' /C calc'!A0",
    "x" * 10_000,
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("packing", ["csv", "csv.gz", "csv.zip", "zip"])
def test_hard_values_are_read_back_as_text(tmp_path: Path, packing: str, newline: str) -> None:
    rows = [HEADER, *([str(number), value] for number, value in enumerate(HARD))]
    body = text(rows, newline)
    packed = {"csv": body, "csv.gz": gzip.compress(body)}.get(packing) or zipped(("b.csv", body))
    path = tmp_path / f"bill.{packing}"
    path.write_bytes(packed)
    assert read(path) == rows


cells = st.text(
    st.one_of(
        st.sampled_from([*",\"\n\r\t ;\\'#"]),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells), max_size=6), newline=st.sampled_from(["\n", "\r\n"]))
@example(rows=[("", "")], newline="\n")
@example(rows=[("\r", "\n")], newline="\r\n")
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str]], newline: str
) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(text([HEADER, *map(list, rows)], newline)))
    assert read(path) == [HEADER, *map(list, rows)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(cells, min_size=2, max_size=5, unique=True))
def test_a_header_is_read_as_it_is_written(tmp_path: Path, names: list[str]) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text([names]))
    header = read_header(path, "here")
    assert [name for name, _ in header.columns] == [
        name.removeprefix("\ufeff") if number == 0 else name for number, name in enumerate(names)
    ]
    assert not header.is_parquet
    assert header.row_count is None


def test_only_the_columns_asked_for_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text([["a", "b", "c"], ["1", "2", "3"]]))
    assert read(path, ["c", "a"]) == [["c", "a"], ["3", "1"]]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text([HEADER, ["1", "2"]]))
    assert read(path) == [HEADER, ["1", "2"]]


def test_gzip_members_one_after_the_other_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    body = text([HEADER, ["1", "a"], ["2", "b"]])
    path.write_bytes(gzip.compress(body[:20]) + gzip.compress(body[20:]))
    assert read(path) == [HEADER, ["1", "a"], ["2", "b"]]


@pytest.mark.parametrize("packing", ["csv", "csv.gz", "csv.zip"])
def test_a_file_without_rows_has_no_rows(tmp_path: Path, packing: str) -> None:
    path = tmp_path / f"x.{packing}"
    body = text([HEADER])
    path.write_bytes(
        {"csv": body, "csv.gz": gzip.compress(body)}.get(packing) or zipped(("x.csv", body))
    )
    assert read(path) == [HEADER]


def test_a_file_without_anything_has_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b""))
    assert read_header(path, "here").columns == ()


def test_rows_are_handed_over_in_chunks_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_BLOCK_BYTES", 1 << 12)
    monkeypatch.setattr(scan, "_CHUNK_ROWS", 300)
    path = tmp_path / "x.csv.gz"
    rows = [[str(number), f'a "value",\nof {number}'] for number in range(2_000)]
    path.write_bytes(gzip.compress(text([HEADER, *rows])))
    tables = list(csv_chunks([LocalFile(path, "here")], HEADER))
    assert len(tables) > 3
    assert all(table.num_rows >= 300 for table in tables[:-1])
    assert [list(row.values()) for table in tables for row in table.to_pylist()] == rows


def test_a_reader_that_stops_early_leaves_no_thread_behind(tmp_path: Path) -> None:
    import threading

    path = tmp_path / "x.csv"
    path.write_bytes(text([HEADER, ["1", "2"]]))
    before = threading.active_count()
    chunks: Iterator[pa.Table] = csv_chunks([LocalFile(path, "here")], HEADER)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


# --- broken files -----------------------------------------------------------------------------

WHOLE = text([HEADER, *([str(n), f"value {n * 7919 % 10_007}"] for n in range(20_000))])

BROKEN = {
    "gzip cut off": ("x.csv.gz", gzip.compress(WHOLE)[:-20], "broken_file"),
    "gzip cut in half": ("x.csv.gz", gzip.compress(WHOLE)[: len(gzip.compress(WHOLE)) // 2], "broken_file"),
    "gzip with another checksum": ("x.csv.gz", gzip.compress(WHOLE)[:-8] + b"12345678", "unreadable_file"),
    "no gzip": ("x.csv.gz", WHOLE, "unreadable_file"),
    "zip cut off": ("x.csv.zip", zipped(("x.csv", WHOLE))[:-40], "broken_file"),
    "no zip": ("x.csv.zip", WHOLE, "broken_file"),
    "zip of two files": ("x.zip", zipped(("x.csv", WHOLE), ("y.csv", WHOLE)), "broken_file"),
    "zip of no file": ("x.zip", zipped(), "broken_file"),
    "too many fields": ("x.csv", WHOLE + b"1,2,3\n", "bad_row"),
    "too few fields": ("x.csv", WHOLE + b"1\n", "bad_row"),
    "no UTF-8 in the header": ("x.csv", b"a,\xff\n1,2\n", "bad_text"),
    "no UTF-8 in a value": ("x.csv", WHOLE + b"1,\xff\n", "bad_row"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_held_back_and_says_why(tmp_path: Path, case: str) -> None:
    name, body, problem = BROKEN[case]
    path = tmp_path / name
    path.write_bytes(body)

    def read() -> None:
        columns = [name for name, _ in read_header(path, "the file").columns]
        list(csv_chunks([LocalFile(path, "the file")], columns))

    with pytest.raises(DeliveryError) as caught:
        read()
    assert caught.value.problem == problem
    assert str(caught.value).startswith("the file: ")
    assert caught.value.todo


def test_a_quote_that_never_ends_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'a,b\n1,"open\n2,x\n3,y\n')
    with pytest.raises(DeliveryError):
        read(path)


# --- Parquet ----------------------------------------------------------------------------------


def test_kinds_of_parquet_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.snappy.parquet"
    schema = pa.schema(
        [
            ("text", pa.string()), ("large", pa.large_string()),
            ("dictionary", pa.dictionary(pa.int32(), pa.string())),
            ("double", pa.float64()), ("float", pa.float32()),
            ("decimal", pa.decimal128(38, 10)), ("whole", pa.int64()),
            ("time", pa.timestamp("ms")), ("zoned", pa.timestamp("us", "UTC")),
            ("map", pa.map_(pa.string(), pa.string())), ("list", pa.list_(pa.string())),
        ]
    )  # fmt: skip
    pq.write_table(schema.empty_table(), path)
    header = read_header(path, "here")
    assert dict(header.columns) == {
        "text": "text", "large": "text", "dictionary": "text", "double": "double",
        "float": "double", "decimal": "decimal", "whole": "decimal", "time": "time",
        "zoned": "zoned", "map": "map", "list": "other",
    }  # fmt: skip
    assert (header.is_parquet, header.row_count) == (True, 0)


@pytest.mark.parametrize("body", [b"", b"PAR1", b"PAR1 nothing PAR1", b"a,b\n1,2\n"])
def test_what_is_no_parquet_is_held_back(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(body)
    with pytest.raises(DeliveryError) as caught:
        read_header(path, "the file")
    assert caught.value.problem == "not_parquet"


def test_a_parquet_file_cut_off_is_held_back(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"a": list(range(1000))}), path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DeliveryError):
        read_header(path, "the file")


@pytest.mark.parametrize(
    "name", ["it's.parquet", "[ab]*?.parquet", "a b ü 🚀.parquet", "{x}.parquet"]
)
def test_exactly_one_file_is_scanned_whatever_its_name(tmp_path: Path, name: str) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / name)
    pq.write_table(pa.table({"a": [2]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"a": [3]}), tmp_path / "b.parquet")
    with duckdb.connect() as con:
        rows = con.execute(f"select a from {parquet_relation(tmp_path / name)}").fetchall()
    assert rows == [(1,)]


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("lineItem/UsageStartDate", "line_item_usage_start_date"),
        ("line_item_usage_start_date", "line_item_usage_start_date"),
        ("reservation/ReservationARN", "reservation_reservation_a_r_n"),
        ("savingsPlan/SavingsPlanArn", "savings_plan_savings_plan_arn"),
        ("resourceTags/user:sagemaker:space-arn", "resource_tags_user_sagemaker_space_arn"),
        (
            "resourceTags/user:ManagedByAmazonSageMakerResource",
            "resource_tags_user_managed_by_amazon_sage_maker_resource",
        ),
        ("resourceTags/aws:createdBy", "resource_tags_aws_created_by"),
        ("AmazonDataZoneProject", "amazon_data_zone_project"),
        ("product/regionCode", "product_region_code"),
        ("BilledCost", "billed_cost"),
        ("x_ServiceCode", "x_service_code"),
        ("__a--B__", "a_b"),
        ("", ""),
        ("費用", ""),
    ],
)
def test_names_are_normalised_by_the_rules_of_aws(name: str, normal: str) -> None:
    assert normalise(name) == normal


@given(name=cells)
def test_a_normal_name_is_its_own_normal_name(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)
