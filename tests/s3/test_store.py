"""The S3 store against a real server: what is listed, fetched, verified and landed."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from spaceledger.ahead import shared
from spaceledger.errors import ChangedSourceError, SourceError, TransientSourceError
from spaceledger.settings import AwsAccess
from spaceledger.sources import patience
from spaceledger.sources.integrity import LARGE
from spaceledger.sources.objects import StoredObject, open_store
from spaceledger.sources.s3 import S3Store
from tests.s3.proxy import Proxy, always
from tests.s3.server import Server

KEYS = (
    "plain/a.gz",
    "a b/c d.gz",
    "t/2024-04-02T13:14:43.337Z-x/y.gz",
    "ü/ñ/日本語 🚀.gz",
    "q?x=1&y=2#z.gz",
    "pct%2e%2e%2fx.gz",
    "star*~'()[]{}$`id`.gz",
    "line\nbreak.gz",
    "k" * 250 + "/" + "l" * 250 + "/" + "m" * 250 + "/" + "n" * 200 + ".gz",
)


def opened(endpoint: str, bucket: str, prefix: str = "cur/acme") -> S3Store:
    access = AwsAccess(endpoint_url=endpoint)
    store = open_store(f"s3://{bucket}/{prefix}", {}, access)
    assert isinstance(store, S3Store)
    return store


def test_whatever_its_key_an_object_is_listed_fetched_and_landed(
    server: Server, bucket: str, tmp_path: Path
) -> None:
    for key in KEYS:
        server.client().put_object(Bucket=bucket, Key=f"cur/acme/{key}", Body=key.encode())
    store = opened(server.endpoint, bucket)
    items = list(store.list())
    assert sorted(item.key for item in items) == sorted(KEYS)
    landing = tmp_path / "landing"
    for item in items:
        landed = store.materialise(item, landing)
        assert landed.resolve().is_relative_to(landing.resolve())
        assert landed.read_bytes() == store.read(item) == item.key.encode()
    assert [path.name for path in tmp_path.iterdir()] == ["landing"]


def test_a_listing_goes_on_over_pages_and_begins_behind_a_key(
    server: Server, proxy: Proxy, bucket: str
) -> None:
    keys = [f"n/{number:04}.gz" for number in range(1005)]
    client = server.client()
    for key in keys:
        client.put_object(Bucket=bucket, Key=f"cur/acme/{key}", Body=b"")
    store = opened(proxy.endpoint, bucket)
    assert [item.key for item in store.list()] == keys
    assert len(proxy.listings()) == 2
    assert [item.key for item in store.list("n/", "n/1001")] == keys[1001:]
    assert len(proxy.listings()) == 3


def test_folders_and_objects_of_one_level(server: Server, bucket: str) -> None:
    for key in ("a/1", "a/b/2", "c", "namesake-d/3", "e f/4"):
        server.client().put_object(Bucket=bucket, Key=f"cur/acme/{key}", Body=b"x")
    server.client().put_object(Bucket=bucket, Key="cur/acme-old/5", Body=b"x")
    folders, objects = opened(server.endpoint, bucket).children()
    assert sorted(folders) == ["a/", "e f/", "namesake-d/"]
    assert [item.key for item in objects] == ["c"]


@pytest.mark.parametrize("how", ["whole", "multipart", "crc64"])
def test_a_large_object_is_held_against_what_s3_knows_of_it(
    how: str, server: Server, proxy: Proxy, bucket: str, tmp_path: Path
) -> None:
    body = os.urandom(1024) * (LARGE * 2 // 1024 + 500)
    client = server.client()
    if how == "multipart":
        file = tmp_path / "body"
        file.write_bytes(body)
        client.upload_file(str(file), bucket, "cur/acme/x.parquet")
    else:
        algorithm = {"ChecksumAlgorithm": "CRC64NVME"} if how == "crc64" else {}
        client.put_object(Bucket=bucket, Key="cur/acme/x.parquet", Body=body, **algorithm)
    store = opened(proxy.endpoint, bucket)
    item = next(store.list())
    assert ("-" in item.etag) == (how == "multipart")
    proxy.rule = always("altered", "x.parquet", times=2)
    landed = store.materialise(item, tmp_path / "landing")
    assert proxy.made == ["altered", "altered"]
    assert landed.read_bytes() == body


@pytest.mark.parametrize("fault", ["altered", "shorter", "longer", "truncated", "broken", "reset"])
@pytest.mark.parametrize("size", [20_000, LARGE + 70_000])
def test_a_body_that_is_not_the_objects_never_lands(
    fault: str, size: int, server: Server, proxy: Proxy, bucket: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    body = os.urandom(size)
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.gz", Body=body)
    store = opened(proxy.endpoint, bucket)
    item = next(store.list())
    monkeypatch.setattr(patience, "PATIENCE", patience.Patience(0.3, 0.005, 0.02))
    proxy.rule = always(fault, "x.gz")
    # Of those that break off, a large one goes on where it broke.
    if size < LARGE or fault in {"altered", "longer", "reset"}:
        with pytest.raises(TransientSourceError):
            store.materialise(item, tmp_path)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    proxy.rule = always(fault, "x.gz", times=3)
    monkeypatch.setattr(patience, "PATIENCE", patience.Patience(20, 0.005, 0.02))
    assert store.materialise(item, tmp_path).read_bytes() == body


def test_a_large_body_that_breaks_off_goes_on_where_it_broke(
    server: Server, proxy: Proxy, bucket: str, tmp_path: Path
) -> None:
    body = os.urandom(LARGE * 2)
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.gz", Body=body)
    store = opened(proxy.endpoint, bucket)
    item = next(store.list())
    proxy.rule = always("broken", "x.gz", times=3)
    assert store.materialise(item, tmp_path).read_bytes() == body
    assert (
        len([each for each in proxy.asked if each.method == "GET" and each.key.endswith("x.gz")])
        < 6
    )


def test_an_object_that_changed_or_went_is_not_taken_for_the_listed_one(
    server: Server, bucket: str, tmp_path: Path
) -> None:
    client = server.client()
    client.put_object(Bucket=bucket, Key="cur/acme/x.gz", Body=b"one")
    store = opened(server.endpoint, bucket)
    item = next(store.list())
    assert store.is_current(item)
    client.put_object(Bucket=bucket, Key="cur/acme/x.gz", Body=b"two")
    assert not store.is_current(item)
    with pytest.raises(ChangedSourceError):
        store.materialise(item, tmp_path)
    client.delete_object(Bucket=bucket, Key="cur/acme/x.gz")
    assert not store.is_current(item)
    for call in (lambda: store.materialise(item, tmp_path), lambda: store.read(item)):
        with pytest.raises(ChangedSourceError):
            call()


def test_an_object_under_a_kms_key_has_no_md5_and_is_taken_by_its_length(tmp_path: Path) -> None:
    class Kms:
        """A client whose object is encrypted: its ETag says nothing of its bytes."""

        def head_object(self, **_: object) -> dict:
            return {"ETag": f'"{"0" * 32}"', "ServerSideEncryption": "aws:kms", "ContentLength": 4}

        def get_object(self, **_: object) -> dict:
            from io import BytesIO

            return {"Body": BytesIO(b"body")}

    store = S3Store(Kms(), "b", "")
    item = StoredObject("x.json.gz", 4, 1, "0" * 32)
    assert store.materialise(item, tmp_path).read_bytes() == store.read(item) == b"body"


def test_a_wrong_signature_a_missing_bucket_and_a_refused_connection_say_what_to_do(
    server: Server, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceError, match=r"s3://no-such/: there is no such bucket - correct uri"):
        list(opened(server.endpoint, "no-such", "").list())
    monkeypatch.setattr(patience, "PATIENCE", patience.Patience(0.2, 0.01, 0.05))
    with pytest.raises(TransientSourceError, match="AWS did not answer"):
        list(opened("http://127.0.0.1:1", bucket).list())
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(SourceError, match="AWS does not know these credentials"):
        list(opened(server.endpoint, bucket).list())


ANSWERS = {
    "403 AccessDenied": r"access is denied \(AccessDenied\) - allow s3:ListBucket on .* \(prefix cur/acme/\*\)",
    "403 ExpiredToken": r"the AWS credentials have expired - sign in again",
    "400 ExpiredToken": r"the AWS credentials have expired - sign in again",
    "403 InvalidAccessKeyId": r"AWS does not know these credentials",
    "403 RequestTimeTooSkewed": r"this machine's clock is wrong",
    "404 NoSuchBucket": r"there is no such bucket",
    "301 PermanentRedirect": r'lies in another region \(\w+\) - set region = "eu-west-1"',
    "400 AuthorizationHeaderMalformed": r"lies in another region",
    "418 Teapot odd AKIAIOSFODNN7EXAMPLE": r"AWS answered Teapot: odd \*\*\*",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_every_refusal_of_a_listing_is_one_line_that_says_what_to_do(
    answer: str, proxy: Proxy, bucket: str
) -> None:
    proxy.rule = always(answer)
    with pytest.raises(SourceError, match=ANSWERS[answer]) as caught:
        list(opened(proxy.endpoint, bucket).list())
    assert not isinstance(caught.value, TransientSourceError)
    assert "\n" not in caught.value.line()
    assert len(proxy.asked) <= 2  # botocore asks once more where it is told of another region


BODIES = {
    "403 AccessDenied": r"access is denied \(AccessDenied|403\) - allow s3:GetObject on",
    "400 KMS.DisabledException": r"the KMS key cannot be used",
    "403 AccessDenied User: x is not authorized to perform: kms:Decrypt on resource:"
    " arn:aws:kms:us-east-1:111122223333:key/ab-1": r"allow kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key/ab-1",
    "403 InvalidObjectState": r"is archived and cannot be read - restore it",
}


@pytest.mark.parametrize("answer", BODIES)
@pytest.mark.parametrize("call", ["read", "materialise"])
def test_every_refusal_of_an_object_is_one_line_that_says_what_to_do(
    answer: str, call: str, server: Server, proxy: Proxy, bucket: str, tmp_path: Path
) -> None:
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.gz", Body=b"body")
    store = opened(proxy.endpoint, bucket)
    item = next(store.list())
    proxy.rule = lambda request: answer if request.method == "GET" else ""
    with pytest.raises(SourceError, match=BODIES[answer]) as caught:
        store.read(item) if call == "read" else store.materialise(item, tmp_path)
    assert not isinstance(caught.value, TransientSourceError)
    assert "x.gz" in caught.value.where


def test_a_traceback_quotes_nothing_that_the_server_said(proxy: Proxy, bucket: str) -> None:
    proxy.rule = always("403 SignatureDoesNotMatch the string that was signed")
    with pytest.raises(SourceError) as caught:
        list(opened(proxy.endpoint, bucket).list())
    assert "was signed" not in "".join(traceback.format_exception(caught.value))


def test_parts_of_an_upload_may_differ_in_size(server: Server, bucket: str, tmp_path: Path) -> None:
    bodies = [os.urandom(megabytes * 2**20) for megabytes in (8, 5, 7)]
    client, key = server.client(), {"Bucket": bucket, "Key": "cur/acme/x.parquet"}
    upload = client.create_multipart_upload(**key)["UploadId"]
    parts = [
        {"PartNumber": number, "ETag": client.upload_part(
            **key, UploadId=upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate(bodies, 1)
    ]  # fmt: skip
    client.complete_multipart_upload(**key, UploadId=upload, MultipartUpload={"Parts": parts})
    store = opened(server.endpoint, bucket)
    landed = store.materialise(next(store.list()), tmp_path)
    assert landed.read_bytes() == b"".join(bodies)


def test_a_full_disk_is_no_fault_of_aws(
    server: Server, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.gz", Body=os.urandom(LARGE + 9))
    store = opened(server.endpoint, bucket)
    item = next(store.list())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(S3Store, "_pour", full)
    with pytest.raises(OSError, match="No space left"):
        store.materialise(item, tmp_path)


def test_a_copy_of_a_bill_without_a_checksum_of_its_own_is_held_against_its_object(
    server: Server, bucket: str, tmp_path: Path
) -> None:
    body = b"cost\n" + b"7.123456789\n" * 9
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.csv", Body=body)
    store = opened(server.endpoint, bucket)
    landed = store.materialise(next(store.list()), tmp_path)
    landed.write_bytes(body.replace(b"7.1", b"9.1"))
    again = opened(server.endpoint, bucket)
    assert again.materialise(next(again.list()), tmp_path).read_bytes() == body


def test_a_policy_that_refuses_to_head_the_bucket_costs_no_speed(
    server: Server, proxy: Proxy, bucket: str, tmp_path: Path
) -> None:
    for number in range(12):
        server.client().put_object(Bucket=bucket, Key=f"cur/acme/{number}.csv", Body=b"x")
    proxy.rule = lambda request: (
        "403 AccessDenied" if request.method == "HEAD" and "/" not in request.key.strip("/") else ""
    )
    store = opened(proxy.endpoint, bucket)
    for item in store.list():
        store.materialise(item, tmp_path)
    assert store.fast is not None
    assert (store.fast.is_up, store.fast.failures) == (True, 0)
    assert proxy.made == ["403 AccessDenied"]


def test_names_with_kms_in_them_are_no_fault_of_a_key(proxy: Proxy, bucket: str) -> None:
    said = (
        "User: arn:aws:sts::111122223333:assumed-role/kms-team/x is not authorized: s3:ListBucket"
    )
    proxy.rule = always(f"403 AccessDenied {said}")
    with pytest.raises(SourceError, match=r"access is denied .* allow s3:ListBucket"):
        list(opened(proxy.endpoint, bucket).list())


def test_under_a_kms_key_only_the_first_log_file_takes_a_second_request(tmp_path: Path) -> None:
    asked: list[str] = []

    class Fast:
        is_up = True

        def body(self, key: str, etag: str, size: int) -> bytes:
            return b"body"

    class Kms:
        def head_object(self, **given: object) -> dict:
            asked.append(str(given["Key"]))
            return {"ETag": f'"{"0" * 32}"', "ServerSideEncryption": "aws:kms", "ContentLength": 4}

    store = S3Store(Kms(), "b", "", Fast())  # type: ignore[arg-type]
    for number in range(5):
        item = StoredObject(f"{number}.json.gz", 4, 1, "0" * 32)
        assert store.materialise(item, tmp_path).read_bytes() == b"body"
    assert asked == ["0.json.gz"]


def test_landing_may_go_while_a_store_is_at_work(
    server: Server, bucket: str, tmp_path: Path
) -> None:
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.csv", Body=b"body")
    store = opened(server.endpoint, bucket)
    item = next(store.list())
    for _ in range(2):
        landed = store.materialise(item, tmp_path / "landing")
        assert landed.read_bytes() == b"body"
        shutil.rmtree(tmp_path / "landing")


def test_nobody_waits_for_a_large_object_that_is_no_longer_wanted(
    server: Server, bucket: str, tmp_path: Path
) -> None:
    """As at Ctrl-C: whoever took what the threads bring has gone."""
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.parquet", Body=bytes(96 * 1024**2))
    store = opened(server.endpoint, bucket)
    (item,) = store.list()

    def work(job: StoredObject) -> Iterator[str]:
        yield "begun"
        store.materialise(job, tmp_path)

    told = shared([item], work, 1)
    assert next(told) == "begun"
    told.close()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("size", [1000, LARGE + 1000], ids=["small", "large"])
def test_a_body_that_does_not_end_fills_neither_memory_nor_disk(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", patience.Patience(0.2, 0.01, 0.01))
    sent = []

    class Endless(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.begin(size)

        def do_GET(self) -> None:
            self.begin(10**12)
            with contextlib.suppress(OSError):
                while True:
                    sent.append(self.wfile.write(bytes(1024**2)))

        def begin(self, length: int) -> None:
            self.send_response(200)
            self.send_header("ETag", f'"{"0" * 32}"')
            self.send_header("Last-Modified", "Thu, 26 Nov 2026 20:00:00 GMT")
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endless) as endless:
        threading.Thread(target=endless.serve_forever, daemon=True).start()
        store = opened(f"http://127.0.0.1:{endless.server_port}", "bucket")
        with pytest.raises(SourceError, match=r"altered|broke off"):
            store.materialise(StoredObject("x.parquet", size, 1, "0" * 32), tmp_path)
        endless.shutdown()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert sum(sent) < 1024**3


def test_a_large_object_that_is_archived_is_refused_by_name_and_at_once(
    server: Server, proxy: Proxy, bucket: str, tmp_path: Path
) -> None:
    server.client().put_object(Bucket=bucket, Key="cur/acme/x.parquet", Body=bytes(LARGE + 1))
    store = opened(proxy.endpoint, bucket)
    (item,) = store.list()
    proxy.rule = lambda request: (
        "403 InvalidObjectState" if request.key.endswith("x.parquet") else ""
    )
    with pytest.raises(SourceError, match="archived") as caught:
        store.materialise(item, tmp_path)
    assert not isinstance(caught.value, TransientSourceError)
    assert store.address(item.key) in caught.value.line()
