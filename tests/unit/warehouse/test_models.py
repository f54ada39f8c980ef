"""SQL models: the header is the contract, the order is in the SQL, layers read downward."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from spaceledger.errors import ModelError
from spaceledger.paths import sql_dir
from spaceledger.warehouse import build
from spaceledger.warehouse.connection import open_work
from spaceledger.warehouse.models import LAYERS, parse_model, read_models, references

HEADER = "-- One row.\n-- columns:\n--   a: A number.\n"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def write(folder: Path, name: str, body: str, header: str = HEADER) -> Path:
    schema, _, table = name.partition(".")
    path = folder / schema / f"{table}.sql"
    path.parent.mkdir(exist_ok=True)
    path.write_text(header + body, encoding="utf-8")
    return path


def test_a_header_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "marts" / "spend.sql"
    path.parent.mkdir()
    path.write_text(
        "-- What it cost; one row\n"
        "-- per day.\n"
        "-- grain: day, space_arn,\n"
        "--   billing_currency\n"
        "-- partition: billing_period\n"
        "-- columns:\n"
        "--   day: The day: UTC.\n"
        "--   space_arn: Space,\n"
        "--     lower case.\n"
        "--   billing_currency: Currency.\n"
        "select 1 as day, -- not a header line\n  2 as space_arn, 'USD' as billing_currency;\n"
    )
    model = parse_model(path)
    assert model.name == "marts.spend"
    assert model.description == "What it cost; one row per day."
    assert model.grain == ("day", "space_arn", "billing_currency")
    assert model.partition == "billing_period"
    assert model.columns == (
        ("day", "The day: UTC."),
        ("space_arn", "Space, lower case."),
        ("billing_currency", "Currency."),
    )
    assert not model.is_loaded
    assert not model.is_view
    assert model.body.startswith("select 1 as day, -- not a header line")
    assert not model.body.endswith(";")


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("", "needs a sentence and columns"),
        ("-- A sentence.\n", "needs a sentence and columns"),
        ("-- columns:\n--   a: A.\n", "needs a sentence and columns"),
        ("-- A sentence.\n-- columns:\n", "needs a sentence and columns"),
        ("-- One.\n-- grain: a, b\n-- columns:\n--   a: A.\n", r"unknown columns \['b'\]"),
    ],
)
def test_a_header_that_lacks_a_part_is_an_error_naming_the_file(
    tmp_path: Path, header: str, what: str
) -> None:
    path = write(tmp_path, "core.x", "select 1 as a", header)
    with pytest.raises(ModelError, match=what) as caught:
        parse_model(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select 1", set()),
        ("select * from core.a", {"core.a"}),
        ("with a as (select * from core.b) select * from a join raw.c using (x)", {"core.b", "raw.c"}),
        ("select (select max(x) from core.a) where exists (select 1 from core.b)", {"core.a", "core.b"}),
        ("select * from core.a union all (select * from core.b except select * from core.c)",
         {"core.a", "core.b", "core.c"}),
        ("select * from core.a asof join core.b on a.x = b.x and a.y >= b.y", {"core.a", "core.b"}),
        ("select * from core.a, lateral (select * from core.b where b.x = a.x)", {"core.a", "core.b"}),
        ("select 'core.a' -- from core.b\n /* core.c */", set()),
        ('select * from "core"."a b"', {"core.a b"}),
    ],
)  # fmt: skip
def test_what_a_query_reads(con: duckdb.DuckDBPyConnection, sql: str, names: set[str]) -> None:
    assert references(con, sql, "here") == names


@pytest.mark.parametrize("sql", ["selec 1", "create table x as select 1", "select 1 from", "("])
def test_what_is_not_a_select_is_no_model(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    with pytest.raises(ModelError, match=r"here: is not one select"):
        references(con, sql, "here")


def test_the_order_is_in_the_sql_and_not_in_the_names(
    tmp_path: Path, con: duckdb.DuckDBPyConnection
) -> None:
    write(tmp_path, "core.a_last", "select a from core.m_middle")
    write(tmp_path, "core.m_middle", "select a from core.z_first")
    write(tmp_path, "core.z_first", "select a from raw.x")
    write(tmp_path, "raw.x", "select 1 as a")
    write(tmp_path, "marts.b", "select a from core.a_last join raw.x using (a)")
    names = [model.name for model in read_models(con, tmp_path)]
    assert names == ["raw.x", "core.z_first", "core.m_middle", "core.a_last", "marts.b"]


def test_models_that_read_each_other_are_an_error_naming_them(
    tmp_path: Path, con: duckdb.DuckDBPyConnection
) -> None:
    write(tmp_path, "core.one", "select a from core.two")
    write(tmp_path, "core.two", "select a from core.three")
    write(tmp_path, "core.three", "select a from core.one")
    with pytest.raises(ModelError, match="models read each other") as caught:
        read_models(con, tmp_path)
    assert all(name in str(caught.value) for name in ("core.one", "core.two", "core.three"))


def test_a_model_that_reads_itself_is_an_error(
    tmp_path: Path, con: duckdb.DuckDBPyConnection
) -> None:
    write(tmp_path, "core.one", "select a from core.one")
    with pytest.raises(ModelError, match=r"models read each other: core.one -> core.one"):
        read_models(con, tmp_path)


def test_a_table_no_file_makes_is_an_error(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    write(tmp_path, "core.one", "select a from raw.gone")
    with pytest.raises(ModelError, match=r"core.one: reads raw.gone, which no file makes"):
        read_models(con, tmp_path)


@pytest.mark.parametrize(
    ("lower", "higher"), [(low, high) for i, low in enumerate(LAYERS) for high in LAYERS[i + 1 :]]
)
def test_a_lower_layer_reads_no_higher_one(
    tmp_path: Path, con: duckdb.DuckDBPyConnection, lower: str, higher: str
) -> None:
    write(tmp_path, f"{lower}.one", f"select a from {higher}.two")
    write(tmp_path, f"{higher}.two", "select 1 as a")
    with pytest.raises(ModelError, match=rf"{lower}.one: reads {higher}.two of a higher layer"):
        read_models(con, tmp_path)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("select 1 as a, 2 as b", r"undocumented \['b'\], documented but absent \[\]"),
        ("select 1 as b", r"undocumented \['b'\], documented but absent \['a'\]"),
    ],
)
def test_a_header_that_is_not_true_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, what: str
) -> None:
    write(
        tmp_path, "raw.x", body, HEADER.replace("-- columns", "-- loaded: by a test.\n-- columns")
    )
    monkeypatch.setattr(build, "sql_dir", lambda: tmp_path)
    with (
        open_work(tmp_path / "work.duckdb") as work,
        pytest.raises(ModelError, match=rf"raw.x: header and table differ: {what}"),
    ):
        build.prepare(work)


def test_the_projects_own_models_are_in_order(con: duckdb.DuckDBPyConnection) -> None:
    models = read_models(con, sql_dir())
    seen: set[str] = set()
    for model in models:
        assert model.references <= seen, model.name
        seen.add(model.name)
        assert all(what for _, what in model.columns), model.name
        assert not model.partition or model.partition in dict(model.columns), model.name
        assert model.schema != "marts" or model.grain, model.name
