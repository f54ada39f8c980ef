"""Object stores: keys as strangers write them are looked up, never turned into paths elsewhere."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spaceledger.errors import SourceError
from spaceledger.settings import AwsAccess
from spaceledger.sources.objects import LocalStore, StoredObject, open_store
from spaceledger.sources.s3 import S3Store

NASTY = [
    "../../etc/passwd",
    "a/../../../b.csv.gz",
    "/absolute/x.parquet",
    "//double//x.parquet",
    ".",
    "..",
    "~/x.csv",
    "C:\\windows\\x.csv",
    "metadata/BILLING_PERIOD=2026-09/2026-10-02T13:14:43.337Z-6b622448/x-Manifest.json",
    "with space/and 'quotes' \"double\"/x.csv",
    "umlaut-ä/費用/🚀.csv.gz",
    "line\nbreak/x.csv",
    "star*[glob]?.parquet",
    "%2e%2e%2fx.csv",
    "x.csv.gz/..",
    "file.%s{}$HOME`id`",
    "k" * 1024,
    "é" * 512,
    "trailing-dot.",
    "-rf.csv",
    "x." + "e" * 200,
]


class Bucket:
    """A client of one bucket in memory, with the calls a store makes: for keys that no server here takes."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects
        self.downloads = 0

    def list_objects_v2(self, Bucket: str, Prefix: str, **asked: str) -> dict[str, Any]:
        entries = [
            {"Key": key, "Size": len(body), "ETag": f'"{self.etag(key)}"', "LastModified": MOMENT}
            for key, body in sorted(self.objects.items())
            if key.startswith(Prefix)
        ]
        at = int(asked.get("ContinuationToken", 0))
        is_more = at + 1 < len(entries)
        following = {"NextContinuationToken": str(at + 1)} if is_more else {}
        return {"Contents": entries[at : at + 1], "IsTruncated": is_more, **following}

    def etag(self, key: str) -> str:
        return hashlib.md5(self.objects[key], usedforsecurity=False).hexdigest()

    def head_object(self, Bucket: str, Key: str, **_: object) -> dict[str, Any]:
        return {"ETag": f'"{self.etag(Key)}"', "ContentLength": len(self.objects[Key])}

    def get_object(self, Bucket: str, Key: str, IfMatch: str) -> dict[str, Any]:
        assert IfMatch == self.etag(Key)
        self.downloads += 1
        return {"Body": BytesIO(self.objects[Key])}


MOMENT = datetime(2026, 10, 1, tzinfo=UTC)

keys = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60
)


def store(objects: dict[str, bytes], prefix: str = "cur/acme") -> S3Store:
    bucket = Bucket({f"{prefix}/{key}": body for key, body in objects.items()})
    return S3Store.of(f"s3://acme/{prefix}", bucket)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.one_of(st.sampled_from(NASTY), keys))
@example(key=NASTY[0])
@example(key="k" * 1024)
def test_whatever_its_key_an_object_lands_in_landing(tmp_path: Path, key: str) -> None:
    here = store({key: b"body"})
    found = list(here.list())
    if key.endswith("/"):
        assert found == []
        return
    assert [item.key for item in found] == [key]
    landing = tmp_path / "home" / "landing"
    landed = here.materialise(found[0], landing)
    assert landed.parent.parent == landing
    assert landed.resolve().parent.parent == landing.resolve()
    assert landed.read_bytes() == here.read(found[0]) == b"body"
    assert len(landed.name.encode()) < 256
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert here.address(key) == f"s3://acme/cur/acme/{key}"


def test_keys_that_end_alike_land_apart(tmp_path: Path) -> None:
    here = store({"one/x.csv.gz": b"1", "two/x.csv.gz": b"2"})
    landed = [here.materialise(item, tmp_path) for item in here.list()]
    assert [path.read_bytes() for path in landed] == [b"1", b"2"]
    assert all(path.name.endswith(".csv.gz") for path in landed)


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("r-00001.csv.gz", ".csv.gz"),
        ("r-00001.csv.zip", ".csv.zip"),
        ("r-00001.snappy.parquet", ".parquet"),
        ("acme.prod-cur-00001.csv.gz", ".csv.gz"),
        ("acme.prod-cur-00001.parquet", ".parquet"),
    ],
)
def test_a_landed_file_keeps_the_ending_its_reader_goes_by(
    tmp_path: Path, name: str, ending: str
) -> None:
    here = store({name: b"x"})
    assert here.materialise(next(here.list()), tmp_path).name.endswith(ending)


def test_a_landed_file_is_fetched_once_until_it_changes(tmp_path: Path) -> None:
    bucket = Bucket({"cur/x.csv": b"one"})
    here = S3Store.of("s3://acme/cur/", bucket)
    first = here.materialise(next(here.list()), tmp_path)
    here.materialise(next(here.list()), tmp_path)
    assert bucket.downloads == 1
    bucket.objects["cur/x.csv"] = b"two"
    second = here.materialise(next(here.list()), tmp_path)
    assert (first.read_bytes(), second.read_bytes(), bucket.downloads) == (b"one", b"two", 2)


def test_a_prefix_does_not_take_its_namesakes_along() -> None:
    bucket = Bucket({"cur/acme/x.csv": b"1", "cur/acme-old/x.csv": b"2", "cur/acme/folder/": b""})
    assert [item.key for item in S3Store.of("s3://b/cur/acme", bucket).list()] == ["x.csv"]
    everything = [item.key for item in S3Store.of("s3://b", bucket).list()]
    assert everything == ["cur/acme-old/x.csv", "cur/acme/x.csv"]


# --- folders ----------------------------------------------------------------------------------


def test_a_folder_lists_every_file_in_key_order(tmp_path: Path) -> None:
    names = ["b.csv", "a/é 🚀/x:y.csv", "a/z.csv", "'q'/[1]*.parquet", ".DS_Store", "a/.x.swp"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    here = LocalStore(tmp_path)
    found = list(here.list())
    assert [item.key for item in found] == sorted(n for n in names if "/." not in f"/{n}")
    for item in found:
        assert here.read(item) == item.key.encode()
        assert here.materialise(item, tmp_path / "landing") == tmp_path / item.key
    assert not (tmp_path / "landing").exists()


def test_a_single_file_is_a_store_of_one(tmp_path: Path) -> None:
    file = tmp_path / "bill.csv"
    file.write_text("x")
    here = LocalStore(file)
    assert [item.key for item in here.list()] == ["bill.csv"]
    assert here.read(next(here.list())) == b"x"


def test_a_fingerprint_changes_with_the_bytes_and_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(b"one")
    item = LocalStore(tmp_path).fingerprint(next(LocalStore(tmp_path).list()))
    assert item.etag == hashlib.sha256(b"one").hexdigest()
    known = {(item.key, item.size, item.modified_ns): "seen"}
    assert LocalStore(tmp_path, known).fingerprint(item).etag == "seen"
    file.write_bytes(b"two!")
    changed = next(LocalStore(tmp_path, known).list())
    assert (
        LocalStore(tmp_path, known).fingerprint(changed).etag == hashlib.sha256(b"two!").hexdigest()
    )


def test_a_file_that_vanished_is_a_source_error(tmp_path: Path) -> None:
    here = LocalStore(tmp_path)
    gone = StoredObject("gone.csv", 1, 1)
    for call in (here.read, here.fingerprint):
        with pytest.raises(SourceError, match="cannot be read"):
            call(gone)


def test_other_kinds_of_uri_are_refused() -> None:
    for uri in ("gs://bucket/x", "https://bucket/x", "file:///x"):
        with pytest.raises(SourceError, match="this kind of uri is not known"):
            open_store(uri, {}, AwsAccess())
