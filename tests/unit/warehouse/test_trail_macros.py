"""The macros that read CloudTrail records, and the SQL that lifts fields out of them, one record at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spaceledger.paths import sql_dir
from spaceledger.sources.log_files import find_log_files
from spaceledger.sources.objects import LocalStore
from spaceledger.sources.trails import read_batches
from spaceledger.warehouse.activity import TRAIL_TABLES, LoadedEvents, load_events
from spaceledger.warehouse.connection import run, value
from tests.trails import ACCOUNT, log_key, record, write_log

SPACE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:space/d-abc/fraud"
DELIVERED = datetime(2026, 9, 1, 12)
BILLED = (
    *("TrainingJob", "ProcessingJob", "TransformJob", "HyperParameterTuningJob", "AutoMLJob"),
    *("AutoMLJobV2", "CompilationJob", "OptimizationJob", "LabelingJob", "TrainingSession"),
    *("Endpoint", "InferenceComponent", "NotebookInstance", "FeatureGroup", "MlflowTrackingServer"),
)
Macros = duckdb.DuckDBPyConnection


@cache
def sagemaker() -> Any:
    return botocore.session.get_session().get_service_model("sagemaker")


# Against the API's own description


@pytest.mark.parametrize("thing", BILLED)
def test_a_billed_kind_and_its_name_field_are_those_of_the_api(macros: Macros, thing: str) -> None:
    kind, field = run(macros, "select billed_kind(?), name_field(?)", [thing, thing])[0]
    create = sagemaker().operation_model(f"Create{thing}")
    # CloudTrail writes members with a lower first letter.
    members = {
        name[:1].lower() + name[1:]: member for name, member in create.input_shape.members.items()
    }
    if thing.startswith("AutoML"):
        members["autoMLJobName"] = create.input_shape.members["AutoMLJobName"]
    assert field in members
    assert members[field].type_name == "string"
    patterns = [
        member.metadata["pattern"]
        for name, member in create.output_shape.members.items()
        if name.endswith("Arn") and "pattern" in member.metadata
    ]
    assert all(f":{kind}/" in pattern for pattern in patterns)


def test_only_the_two_kinds_without_a_pattern_are_taken_on_trust(macros: Macros) -> None:
    without = {
        thing
        for thing in BILLED
        if not any(
            "pattern" in member.metadata
            for member in sagemaker()
            .operation_model(f"Create{thing}")
            .output_shape.members.values()
        )
    }
    assert without == {"InferenceComponent", "NotebookInstance"}


def test_nothing_else_the_api_creates_has_a_billed_kind(macros: Macros) -> None:
    made = [
        name.removeprefix("Create")
        for name in sagemaker().operation_names
        if name.startswith("Create")
    ]
    known = [thing for thing in made if value(macros, "select billed_kind(?)", [thing])]
    assert sorted(known) == sorted(BILLED)


@settings(max_examples=200)
@given(st.text())
def test_a_name_the_api_does_not_know_becomes_no_path(macros: Macros, thing: str) -> None:
    if thing not in BILLED:
        assert run(macros, "select billed_kind(?), name_field(?)", [thing, thing]) == [(None, None)]


def test_calls_that_only_read_are_told_by_their_names(macros: Macros) -> None:
    def is_read(name: str) -> bool:
        return bool(value(macros, "select is_read_call(?)", [name]))

    verbs = {
        "Create",
        "Update",
        "Delete",
        "Start",
        "Stop",
        "Add",
        "Register",
        "Deregister",
        "Put",
        "Send",
    }
    for name in sagemaker().operation_names:
        if any(name.startswith(verb) for verb in verbs):
            assert not is_read(name), name
        if name.startswith(("Describe", "List", "Get", "Search", "BatchDescribe", "BatchGet")):
            assert is_read(name), name
    assert not is_read("")


# One macro at a time


@pytest.mark.parametrize(
    ("text", "is_object"),
    [
        ("{}", True),
        ('{"a": 1e999}', True),
        ('{"a": "\\u0000"}', True),
        ('{"a": ' + "[" * 900 + "]" * 900 + "}", True),
        *(
            (text, False)
            for text in ("", "null", "[]", "17", '"text"', "{", "{]", " {}", "{'a': 1}", None)
        ),
    ],
)
def test_a_json_object_is_one_that_can_be_read(
    macros: Macros, text: str | None, is_object: bool
) -> None:
    assert value(macros, "select json_object(?)", [text]) == (text if is_object else None)


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}], [("a", "1"), ("b", "2")]),
        ([{"key": "a", "value": "1", "more": []}], [("a", "1")]),
        ([{"key": "a"}], [("a", None)]),
        ([{"Key": "a", "Value": "1"}], [(None, None)]),
        ([{"key": 1, "value": True}], [("1", "true")]),
        ([], []),
        ([None, "text", 17, []], [None, None, None, None]),
        ({"a": "1"}, None),
        ("text", None),
        (None, None),
    ],
)
def test_tags_of_any_shape_are_read_or_null(macros: Macros, tags: object, found: object) -> None:
    read = value(macros, "select tags_of(?)", [json.dumps(tags)])
    pairs = read and [tag and (tag["key"], tag["value"]) for tag in read]
    if isinstance(found, list):
        found = [pair if pair != (None, None) else None for pair in found]
        pairs = [pair if pair != (None, None) else None for pair in pairs or []]
    assert pairs == found


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ([("a", "1")], "1"),
        ([("b", "2"), ("a", "1"), ("a", "1")], "1"),
        ([("a", "1"), ("a", "2")], None),
        ([("A", "1")], None),
        ([("a", None)], None),
        ([], None),
    ],
)
def test_a_tag_given_twice_with_two_values_has_none(
    macros: Macros, tags: list[tuple[str, str | None]], found: str | None
) -> None:
    given = json.dumps([{"key": key, "value": text} for key, text in tags])
    assert value(macros, "select tag_value(tags_of(?), 'a')", [given]) == found
    assert value(macros, "select tag_value(tags_of(null), 'a')") is None


def test_every_region_of_botocore_lies_in_its_partition(macros: Macros) -> None:
    session = botocore.session.get_session()
    checked = 0
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("sagemaker", partition):
            expected = value(macros, "select partition_of(?)", [region])
            assert expected == partition, region
            checked += 1
    assert checked > 20


def test_an_arn_lacks_nothing_and_keeps_its_case(macros: Macros) -> None:
    parts = ["cn-north-1", ACCOUNT, "endpoint", "My-Endpoint"]
    arn = "select sagemaker_arn(?, ?, ?, ?)"
    assert (
        value(macros, arn, parts)
        == f"arn:aws-cn:sagemaker:cn-north-1:{ACCOUNT}:endpoint/My-Endpoint"
    )
    for number in range(4):
        assert value(macros, arn, [*parts[:number], None, *parts[number + 1 :]]) is None


@pytest.mark.parametrize(
    ("arn", "role", "session"),
    [
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Role/SageMaker", "Role", "SageMaker"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Role/ana@acme.com", "Role", "ana@acme.com"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Role/a/b", "Role", "a/b"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Role", None, None),
        (f"arn:aws:iam::{ACCOUNT}:user/ana", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_session_is_told_from_its_role(
    macros: Macros, arn: str | None, role: str | None, session: str | None
) -> None:
    assert run(macros, "select assumed_role(?), session_name(?)", [arn, arn]) == [(role, session)]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-01T10:00:00Z", datetime(2026, 9, 1, 10)),
        ("2026-09-01T10:00:00.123Z", datetime(2026, 9, 1, 10, 0, 0, 123000)),
        ("2026-09-01T10:00:00+02:00", datetime(2026, 9, 1, 8)),
        ("2026-09-01T10:00:00", datetime(2026, 9, 1, 10)),
        ("2026-09-01", datetime(2026, 9, 1)),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1)),
        ("2026-09-02T12:00:00Z", datetime(2026, 9, 2, 12)),
        *((text, None) for text in (
            "2026-09-02T12:00:01Z", "1999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
            "294247-01-10T04:00:54Z", "2026-02-30T00:00:00Z", "2026-09-01T25:00:00Z", "1788256800",
            "yesterday", "now", "epoch", "infinity", "-infinity", "", "\0", '{"a": 1}', None,
        )),
    ],
)  # fmt: skip
def test_an_event_has_a_moment_where_it_can_have_one(
    macros: Macros, text: str | None, moment: datetime | None
) -> None:
    assert value(macros, "select event_moment(?, ?::timestamp)", [text, DELIVERED]) == moment


def test_without_a_time_of_delivery_only_the_far_future_is_odd(macros: Macros) -> None:
    for text, moment in (("2199-01-01", datetime(2199, 1, 1)), ("2200-01-01", None)):
        assert value(macros, "select event_moment(?, null::timestamp)", [text]) == moment


@settings(max_examples=200)
@given(st.text())
def test_no_time_a_stranger_writes_raises(macros: Macros, text: str) -> None:
    run(macros, "select event_moment(?, ?::timestamp)", [text, DELIVERED])


# The lifting of a record

Lift = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def trail_tables() -> Iterator[Macros]:
    from spaceledger.warehouse.connection import create_macros

    con = duckdb.connect()
    run(con, "set timezone = 'UTC'")
    create_macros(con)
    run(con, "create schema raw")
    for table in TRAIL_TABLES:
        shape = (sql_dir() / "raw" / f"{table}.sql").read_text(encoding="utf-8")
        run(con, f"create table raw.{table} as {shape}")
    yield con
    con.close()


def load(con: Macros, trail: Path, records: list[object], key: str = "") -> LoadedEvents:
    for path in trail.rglob("*.gz"):
        path.unlink()
    write_log(trail, json.dumps({"Records": records}).encode(), key or log_key())
    store = LocalStore(trail)
    batches = read_batches(store, find_log_files(store), trail)
    return next(iter(list(load_events(con, "trail", batches, DELIVERED))))


@pytest.fixture
def lift(trail_tables: Macros, tmp_path: Path) -> Lift:
    """Records with these fields as the rows they become."""

    def lifted(variants: list[dict[str, Any]]) -> list[dict[str, Any]]:
        load(trail_tables, tmp_path, [record(str(at), **one) for at, one in enumerate(variants)])
        rows = trail_tables.sql("select * from raw.trail_events order by record_number")
        found: list[dict[str, Any]] = rows.to_arrow_table().to_pylist()
        assert len(found) == len(variants)
        return found

    return lifted


def test_an_event_name_is_text_and_nothing_else(lift: Lift) -> None:
    names = [
        *('Create"x', "CreateX[", "Create*", "Create[*]", "Create**.x", "Create[1]", "Create$.a"),
        *(
            "Create'; drop table raw.trail_events; --",
            'Create"a"b',
            "Create\\",
            "Create\n",
            "Create\0",
        ),
        *("CreateÄ", "Create", "Delete[*]", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", ""),
        "x" * 100_000,
    ]
    rows = lift([{"eventName": name} for name in names])
    assert [row["event_name"] for row in rows] == names
    assert {(row["space_arn"], row["resource_arn"]) for row in rows} == {(SPACE, None)}


def test_a_thing_is_known_by_its_request_where_the_response_is_silent(
    macros: Macros, lift: Lift
) -> None:
    named = [
        (thing, *run(macros, "select name_field(?), billed_kind(?)", [thing, thing])[0])
        for thing in BILLED
    ]
    for verb in ("Create", "Delete"):
        rows = lift([
            {"eventName": f"{verb}{thing}", "requestParameters": {field: "My-Thing"}}
            for thing, field, _ in named
        ])  # fmt: skip
        assert [row["resource_arn"] for row in rows] == [
            f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:{kind}/my-thing" for _, _, kind in named
        ]


def test_the_response_names_a_created_thing_before_the_request_does(lift: Lift) -> None:
    arn = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/True-Name"
    fields = {
        "eventName": "CreateEndpoint",
        "requestParameters": {"endpointName": "asked"},
        "responseElements": {"endpointArn": arn},
    }
    assert lift([fields])[0]["resource_arn"] == arn.lower()


def test_any_json_may_stand_where_an_object_should(lift: Lift) -> None:
    odd = [
        "HIDDEN_DUE_TO_SECURITY_REASONS",
        17,
        True,
        [],
        [{}],
        {},
        {"domainId": ["d"], "spaceName": {}},
    ]
    names = ["requestParameters", "responseElements", "userIdentity", "addendum"]
    rows = lift([{name: value} for name in names for value in odd])
    assert {row["space_arn"] for row in rows[len(odd) :]} == {SPACE}


def test_tags_of_another_shape_are_no_tags(lift: Lift) -> None:
    odd = [None, "x", 1, {}, {"sagemaker:space-arn": SPACE}, [None], ["x"], [[]], [{}]]
    asked = {"domainId": "d-abc", "spaceName": "fraud"}
    for row in lift(
        [{"requestParameters": {**asked, "tags": tags, "tagKeys": tags}} for tags in odd]
    ):
        assert row["space_arn"] == SPACE
        assert row["space_arn_tag"] is None
        assert not row["sets_space_tag"]
        assert row["drops_space_tag"] is False


def test_a_volume_size_is_a_number_or_null(lift: Lift) -> None:
    sizes = [5, "5", "x", -5, 1e40, "1e999", [5], {}, None]
    rows = lift([
        {"requestParameters": {"spaceSettings": {"spaceStorageSettings": {
            "ebsStorageSettings": {"ebsVolumeSizeInGb": size}}}}}
        for size in sizes
    ])  # fmt: skip
    assert [row["storage_gb"] for row in rows] == [5, 5, None, -5, None, None, None, None, None]


def test_what_only_reads_says_so_or_is_told_by_its_name(lift: Lift) -> None:
    given_values = [True, False, "true", "False", "?", 1, None]
    rows = lift([{"readOnly": value} for value in given_values])
    assert [row["is_read_only"] for row in rows] == [True, False, True, *[False] * 4]
    assert lift([{"readOnly": None, "eventName": "DescribeApp"}])[0]["is_read_only"] is True


def test_empty_ids_and_codes_are_none(lift: Lift) -> None:
    row = lift([{
        "eventID": "", "sharedEventID": "", "errorCode": "", "addendum": {"originalEventID": ""},
        "requestParameters": {"domainId": "", "spaceName": ""},
    }])[0]  # fmt: skip
    for name in (
        "event_id",
        "shared_event_id",
        "original_event_id",
        "error_code",
        "domain_id",
        "space_arn",
    ):
        assert row[name] is None, name


@pytest.mark.parametrize(
    ("times", "kept", "odd"),
    [
        (["2026-09-01T10:00:00Z", "2026-09-01T25:00:00Z"], 1, 1),
        (["2026-09-01Tgarbage", "2026-09-01T10:00:00Z"], 1, 1),
        (["2026-09-02T10:05:01Z", "2026-09-02T10:05:00Z"], 1, 1),
        ([" 2026-09-01T10:00:00Z"], 1, 0),
        (["1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "yesterday"], 0, 3),
    ],
)
def test_every_record_is_kept_or_counted_as_odd(
    trail_tables: Macros, tmp_path: Path, times: list[str], kept: int, odd: int
) -> None:
    loaded = load(trail_tables, tmp_path, [record(str(at), eventTime=at) for at in times])
    assert value(trail_tables, "select count(*) from raw.trail_events") == kept
    assert loaded.odd_times == (((log_key(), odd),) if odd else ())


def test_odd_days_of_other_services_are_counted_too(trail_tables: Macros, tmp_path: Path) -> None:
    other = [
        record(eventSource="s3.amazonaws.com", eventTime=at) for at in ("1970-01-01", "2026-09-01")
    ]
    loaded = load(trail_tables, tmp_path, [record(), *other])
    assert loaded.odd_times == ((log_key(), 1),)
    counts = run(
        trail_tables, "select event_source, event_count from raw.trail_counts order by all"
    )
    assert counts == [("s3.amazonaws.com", 1), ("sagemaker.amazonaws.com", 1)]


TEXT = st.text(st.characters(exclude_categories=()))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=10,
)
FIELDS = st.sampled_from(
    sorted(set(record()) - {"eventTime", "eventSource"} | {"addendum", "errorCode"})
)


@settings(max_examples=25)
@given(st.lists(st.dictionaries(FIELDS, VALUES), min_size=1, max_size=12))
def test_no_record_stops_the_load_and_none_is_lost(
    trail_tables: Macros, tmp_path_factory: pytest.TempPathFactory, odd: list[dict[str, Any]]
) -> None:
    load(trail_tables, tmp_path_factory.mktemp("trail"), [{**record(), **fields} for fields in odd])
    assert value(trail_tables, "select count(*) from raw.trail_events") == len(odd)
