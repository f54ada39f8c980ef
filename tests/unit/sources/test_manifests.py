"""Manifests: which files count, wherever the copy begins; strangers' JSON never raises a surprise."""

from __future__ import annotations

import json
from posixpath import normpath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spaceledger.errors import DeliveryError, SourceError
from spaceledger.period import BillingPeriod
from spaceledger.sources.bills import find_deliveries
from spaceledger.sources.manifests import (
    Manifest,
    is_manifest,
    parse_manifest,
    period_of_key,
    report_folder,
    resolve_listed,
)
from spaceledger.sources.objects import StoredObject

SEPTEMBER = BillingPeriod(2026, 9)
EXECUTION = "2026-10-02T13:14:43.337Z-6b622448-daaa-439c-92f1-afc727f1e0a3"
LEGACY = "report/20260901-20261001/report-Manifest.json"
EXPORT = "export/metadata/BILLING_PERIOD=2026-09/export-Manifest.json"


def body(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def manifest(key: str, *listed: str) -> Manifest:
    return Manifest(key, "report", "id", SEPTEMBER, "", listed)


class Memory:
    """A store of these objects."""

    is_remote = False

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def list(self, below: str = "", after: str = ""):
        there = sorted((k, v) for k, v in self.objects.items() if k.startswith(below) and k > after)
        return iter(StoredObject(k, len(v), 0, "e") for k, v in there)

    def children(self, below: str = ""):
        found = [(item, item.key[len(below) :].partition("/")) for item in self.list(below)]
        folders = dict.fromkeys(f"{below}{name}/" for _, (name, slash, _) in found if slash)
        return tuple(folders), tuple(item for item, (_, slash, _) in found if not slash)

    def read(self, item: StoredObject) -> bytes:
        return self.objects[item.key]

    def fingerprint(self, item: StoredObject) -> StoredObject:
        return item

    def address(self, key: str) -> str:
        return f"memory://{key}"


@pytest.fixture(autouse=True, params=[False, True], ids=["listed whole", "folder by folder"])
def looked_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is listed whole, a bucket folder by folder: the same deliveries are found."""
    monkeypatch.setattr(Memory, "is_remote", request.param)


# --- what a manifest says ---------------------------------------------------------------------


def test_a_legacy_manifest() -> None:
    raw = body(
        assemblyId="a-1",
        account="012345678901",
        reportName="report",
        billingPeriod={"start": "20260901T000000.000Z"},
        reportKeys=["p/report/20260901-20261001/a-1/report-00001.csv.gz"],
    )
    assert parse_manifest(LEGACY, raw) == Manifest(
        LEGACY,
        "report",
        "a-1",
        SEPTEMBER,
        "012345678901",
        ("p/report/20260901-20261001/a-1/report-00001.csv.gz",),
    )


def test_a_data_export_manifest_takes_its_period_from_the_path() -> None:
    raw = body(executionId="e-1", dataFiles=["s3://b/x"], billingPeriod={"start": "2020-01"})
    parsed = parse_manifest(EXPORT, raw)
    assert (parsed.delivery_id, parsed.period, parsed.report) == ("e-1", SEPTEMBER, "export")


@pytest.mark.parametrize(
    ("key", "period"),
    [
        ("x/BILLING_PERIOD=2026-09/y", SEPTEMBER),
        ("BILLING_PERIOD=2026-09", SEPTEMBER),
        ("r/year=2026/month=9/x.parquet", SEPTEMBER),
        ("r/year=2026/month=09/x.parquet", SEPTEMBER),
        ("r/year=2026/month=12/x.parquet", BillingPeriod(2026, 12)),
        ("r/20260901-20261001/x.csv", SEPTEMBER),
        ("r/20260901-20260930/x.csv", SEPTEMBER),
        ("BILLING_PERIOD=2026-13/x", None),
        ("r/year=2026/month=0/x", None),
        ("r/year=2026/month=123/x", None),
        ("r/20261301-20270101/x", None),
        ("r/2026-09/x", None),
        ("", None),
    ],
)
def test_the_period_a_path_names(key: str, period: BillingPeriod | None) -> None:
    assert period_of_key(key) == period


@pytest.mark.parametrize("start", ["20260901T000000.000Z", "2026-09-01T00:00:00.000Z", "2026-09"])
def test_the_period_a_manifest_states_in_either_form(start: str) -> None:
    raw = body(assemblyId="a", reportKeys=[], billingPeriod={"start": start})
    assert parse_manifest("report-Manifest.json", raw).period == SEPTEMBER


def test_the_period_its_files_agree_on() -> None:
    raw = body(assemblyId="a", reportKeys=["r/year=2026/month=9/1", "r/year=2026/month=9/2"])
    assert parse_manifest("report-Manifest.json", raw).period == SEPTEMBER


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"NaN", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b"{}", "lists no reportKeys or dataFiles"),
        (body(dataFiles=None, executionId="e"), "lists no"),
        (body(dataFiles={"a": 1}, executionId="e"), "lists no"),
        (body(dataFiles=[1], executionId="e"), "lists no"),
        (body(dataFiles=["x", None], executionId="e"), "lists no"),
        (body(dataFiles="x", executionId="e"), "lists no"),
        (body(dataFiles=[]), "no assemblyId or executionId"),
        (body(dataFiles=[], executionId=""), "no assemblyId or executionId"),
        (body(dataFiles=[], executionId=7), "no assemblyId or executionId"),
        (body(dataFiles=[], assemblyId="a"), "no assemblyId or executionId"),
        (body(reportKeys=[], executionId="e"), "no assemblyId or executionId"),
    ],
)
def test_what_is_no_manifest_says_why(raw: bytes, what: str) -> None:
    with pytest.raises(DeliveryError, match=what) as caught:
        parse_manifest(EXPORT, raw)
    assert caught.value.problem == "bad_manifest"
    assert EXPORT in str(caught.value)


@pytest.mark.parametrize("stated", [None, 5, "2026-09", [], {}, {"start": None}, {"start": "soon"}])
def test_no_period_anywhere(stated: object) -> None:
    raw = body(assemblyId="a", reportKeys=["x.csv"], billingPeriod=stated)
    with pytest.raises(DeliveryError, match="names no billing period"):
        parse_manifest("report-Manifest.json", raw)


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
any_manifest = st.dictionaries(
    st.sampled_from(
        [
            "dataFiles",
            "reportKeys",
            "executionId",
            "assemblyId",
            "billingPeriod",
            "reportName",
            "account",
        ]
    ),
    any_json | st.lists(st.text(max_size=12), max_size=3),
)


@given(raw=any_json | any_manifest, key=st.sampled_from([LEGACY, EXPORT, "x-Manifest.json"]))
def test_json_of_any_shape_is_a_manifest_or_a_held_back_delivery(raw: object, key: str) -> None:
    try:
        parsed = parse_manifest(key, json.dumps(raw).encode())
    except DeliveryError:
        return
    known = {key}
    for listed in parsed.listed:
        with pytest.raises(DeliveryError):
            resolve_listed(parsed, listed, known)


@given(raw=st.binary(max_size=60))
def test_bytes_of_any_kind_are_held_back(raw: bytes) -> None:
    with pytest.raises(DeliveryError):
        parse_manifest(EXPORT, raw)


def test_json_nested_without_end_is_held_back() -> None:
    with pytest.raises(DeliveryError):
        parse_manifest(EXPORT, b"[" * 100_000)


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff"])
def test_half_a_character_in_an_id_is_held_back(half: str) -> None:
    raw = f'{{"dataFiles": ["data/BILLING_PERIOD=2026-09/x.csv"], "executionId": "{half}"}}'
    objects = {
        "metadata/BILLING_PERIOD=2026-09/x-Manifest.json": raw.encode(),
        "data/BILLING_PERIOD=2026-09/x.csv": b"x",
    }
    for delivery in find_deliveries("acme", Memory(objects)).deliveries:
        assert delivery.identity


# --- where its files lie ----------------------------------------------------------------------

LAYOUTS = {
    "legacy, create new": (
        LEGACY,
        "prefix/report/20260901-20261001/assembly/report-00001.csv.gz",
        "report/20260901-20261001/assembly/report-00001.csv.gz",
    ),
    "legacy, the immutable manifest": (
        "report/20260901-20261001/assembly/report-Manifest.json",
        "prefix/report/20260901-20261001/assembly/report-00001.csv.gz",
        "report/20260901-20261001/assembly/report-00001.csv.gz",
    ),
    "legacy, overwrite": (
        LEGACY,
        "prefix/report/20260901-20261001/report-00001.csv.zip",
        "report/20260901-20261001/report-00001.csv.zip",
    ),
    "legacy, Athena": (
        LEGACY,
        "prefix/report/report/year=2026/month=9/report-00001.snappy.parquet",
        "report/report/year=2026/month=9/report-00001.snappy.parquet",
    ),
    "data export, overwrite": (
        EXPORT,
        "prefix/export/data/BILLING_PERIOD=2026-09/export-00001.csv.gz",
        "export/data/BILLING_PERIOD=2026-09/export-00001.csv.gz",
    ),
    "data export, create new": (
        EXPORT,
        f"prefix/export/data/BILLING_PERIOD=2026-09/{EXECUTION}/export-00001.csv.gz",
        f"export/data/BILLING_PERIOD=2026-09/{EXECUTION}/export-00001.csv.gz",
    ),
    "data export, the immutable manifest": (
        f"export/metadata/BILLING_PERIOD=2026-09/{EXECUTION}/export-Manifest.json",
        f"prefix/export/data/BILLING_PERIOD=2026-09/{EXECUTION}/export-00001.csv.gz",
        f"export/data/BILLING_PERIOD=2026-09/{EXECUTION}/export-00001.csv.gz",
    ),
    "beside its manifest": ("bill/x-Manifest.json", "y/x-00001.csv", "bill/x-00001.csv"),
}


@pytest.mark.parametrize("scheme", ["", "s3://acme-billing/"])
@pytest.mark.parametrize("begin", ["", "copy/of/bucket/", "prefix/"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_listed_file_is_found_wherever_the_copy_begins(
    layout: str, begin: str, scheme: str
) -> None:
    key, listed, delivered = LAYOUTS[layout]
    known = {begin + delivered, begin + "elsewhere/" + delivered, delivered + ".old"}
    found = resolve_listed(manifest(begin + key), scheme + listed, known)
    assert found == begin + delivered


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != "beside its manifest"])
def test_a_copy_may_begin_at_the_report_itself(layout: str) -> None:
    key, listed, delivered = LAYOUTS[layout]
    inside = delivered.partition("/")[2]
    assert resolve_listed(manifest(key.partition("/")[2]), listed, {inside}) == inside


OUTSIDE = [
    "../x.csv",
    "a/../../x.csv",
    "prefix/report/20260901-20261001/../../../etc/passwd.csv",
    "/etc/passwd.csv",
    "s3://bucket//etc/passwd.csv",
    "a//b.csv",
    "./x.csv",
    "a/./x.csv",
    "..\\..\\x.csv",
    "s3://bucket/../x.csv",
    "s3://bucket",
]


@pytest.mark.parametrize("top", ["/report/", "report/", ""])
def test_a_report_without_a_prefix_has_keys_that_begin_with_a_slash(top: str) -> None:
    """In its bucket, copied to a folder, and with the uri at the report's own folder."""
    listed = "/report/20260901-20261001/a-1/report-00001.csv.gz"
    told = body(assemblyId="a-1", reportName="report", reportKeys=[listed])
    data = f"{top}20260901-20261001/a-1/report-00001.csv.gz"
    store = Memory({f"{top}20260901-20261001/report-Manifest.json": told, data: b"x"})
    found = find_deliveries("acme", store)
    assert not found.problems
    assert [[item.key for item in each.objects] for each in found.deliveries] == [[data]]


@pytest.mark.parametrize("listed", OUTSIDE)
def test_a_listed_file_outside_its_folder_is_refused(listed: str) -> None:
    everything = {normpath(part) for part in OUTSIDE} | set(OUTSIDE)
    with pytest.raises(DeliveryError) as caught:
        resolve_listed(manifest(LEGACY), listed, everything)
    assert caught.value.problem == "outside_folder"


@given(listed=st.text(max_size=40), key=st.sampled_from([LEGACY, EXPORT, "x-Manifest.json"]))
@example(listed="", key=LEGACY)
@example(listed="20260901-20261001/x", key="x-Manifest.json")
@example(listed="/BILLING_PERIOD=2026-09/x", key=EXPORT)
def test_a_resolved_key_never_leaves_the_reports_folder(listed: str, key: str) -> None:
    class Everything:
        def __contains__(self, item: object) -> bool:
            return True

    try:
        found = resolve_listed(manifest(key), listed, Everything())
    except DeliveryError:
        return
    assert normpath(found) in {found, found.rstrip("/"), "."}
    assert not found.startswith(("/", ".."))
    assert found.startswith(report_folder(key))


def test_a_file_of_another_report_is_not_taken_for_ours() -> None:
    other = "other/20260901-20261001/other-00001.csv.gz"
    with pytest.raises(DeliveryError) as caught:
        resolve_listed(manifest(LEGACY), f"prefix/{other}", {other})
    assert caught.value.problem == "missing_file"


def test_what_is_a_manifest() -> None:
    assert is_manifest("a/b-Manifest.json")
    assert is_manifest("a/b-manifest.JSON")
    assert not is_manifest("a/Manifest.json.gz")
    assert not is_manifest("a-Manifest.json/b")


# --- deliveries of a source -------------------------------------------------------------------


def export(period: str, execution: str, *files: str) -> bytes:
    folder = f"p/export/data/BILLING_PERIOD={period}"
    return body(executionId=execution, dataFiles=[f"{folder}/{file}" for file in files])


def test_each_period_has_its_delivery_and_a_bad_one_is_told() -> None:
    objects = {
        "metadata/BILLING_PERIOD=2026-08/e-Manifest.json": export("2026-08", "8", "a.csv"),
        "metadata/BILLING_PERIOD=2026-09/e-Manifest.json": export("2026-09", "9", "a.csv"),
        "metadata/BILLING_PERIOD=2026-10/e-Manifest.json": b"{",
        "data/BILLING_PERIOD=2026-08/a.csv": b"x",
    }
    found = find_deliveries("acme", Memory(objects))
    assert [
        (str(d.period), d.delivery_id, [o.key for o in d.objects]) for d in found.deliveries
    ] == [("2026-08", "8", ["data/BILLING_PERIOD=2026-08/a.csv"])]
    assert sorted((p.billing_period, p.problem, p.severity) for p in found.problems) == [
        ("2026-09", "missing_file", "error"),
        ("2026-10", "bad_manifest", "error"),
    ]


def test_a_file_type_nobody_reads_holds_its_delivery_back() -> None:
    objects = {
        "metadata/BILLING_PERIOD=2026-09/e-Manifest.json": export("2026-09", "9", "a.xlsx"),
        "data/BILLING_PERIOD=2026-09/a.xlsx": b"x",
    }
    found = find_deliveries("acme", Memory(objects))
    assert [p.problem for p in found.problems] == ["unknown_file_type"]
    assert found.deliveries == ()


def test_a_broken_immutable_manifest_does_not_hold_the_latest_back() -> None:
    objects = {
        "metadata/BILLING_PERIOD=2026-09/e-Manifest.json": export("2026-09", "9", "a.csv"),
        "metadata/BILLING_PERIOD=2026-09/2026-10-01T00:00:00Z-x/e-Manifest.json": b"{",
        "data/BILLING_PERIOD=2026-09/a.csv": b"x",
    }
    found = find_deliveries("acme", Memory(objects))
    assert [d.delivery_id for d in found.deliveries] == ["9"]
    assert found.problems == ()


def test_a_broken_latest_manifest_is_not_passed_over_for_an_old_one() -> None:
    objects = {
        "metadata/BILLING_PERIOD=2026-09/e-Manifest.json": b"{",
        "metadata/BILLING_PERIOD=2026-09/2026-10-01T00:00:00Z-x/e-Manifest.json": export(
            "2026-09", "9", "a.csv"
        ),
        "data/BILLING_PERIOD=2026-09/a.csv": b"x",
    }
    found = find_deliveries("acme", Memory(objects))
    assert found.deliveries == ()
    assert [p.problem for p in found.problems] == ["bad_manifest"]


def test_plain_files_are_a_delivery_of_each_period_their_paths_name() -> None:
    objects = {
        "r/year=2026/month=8/a.parquet": b"1",
        "r/year=2026/month=9/a.parquet": b"2",
        "r/year=2026/month=9/b.parquet": b"3",
        "r/notes.txt": b"",
    }
    found = find_deliveries("acme", Memory(objects))
    assert [(str(d.period), len(d.objects)) for d in found.deliveries] == [
        ("2026-08", 1),
        ("2026-09", 2),
    ]
    assert [(p.problem, p.severity) for p in found.problems] == [("no_manifest", "notice")]


def test_a_delivery_is_the_same_when_its_id_and_objects_are() -> None:
    def identity(execution: str, data: bytes) -> str:
        objects = {
            "metadata/BILLING_PERIOD=2026-09/e-Manifest.json": export(
                "2026-09", execution, "a.csv"
            ),
            "data/BILLING_PERIOD=2026-09/a.csv": data,
        }
        return find_deliveries("acme", Memory(objects)).deliveries[0].identity

    assert identity("1", b"x") == identity("1", b"y")  # same size, same mark
    assert len({identity("1", b"x"), identity("2", b"x"), identity("1", b"xx")}) == 3


def test_two_exports_in_one_folder_are_an_error_naming_both() -> None:
    objects = {
        "one/metadata/BILLING_PERIOD=2026-09/one-Manifest.json": export("2026-09", "1"),
        "two/metadata/BILLING_PERIOD=2026-09/two-Manifest.json": export("2026-09", "2"),
    }
    with pytest.raises(SourceError, match=r"holds 2 exports: one \(one\), two \(two\)"):
        find_deliveries("acme", Memory(objects))
