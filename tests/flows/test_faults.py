"""Faults of S3 as the daily flow meets them, from an endpoint of our own on this machine."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import flows.daily
import pytest
from botocore.retries.standard import ExponentialBackoff
from click.testing import CliRunner

from spaceledger import pipeline
from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import Settings
from tests.bills import SPACE, write_cur
from tests.conftest import Ledger

# The client asks so often before it gives up (spaceledger.sources.aws).
CLIENT_ATTEMPTS = 5


class Bucket:
    """A folder behind an S3 endpoint, and the faults that its next answers have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.fault = ""
        self.times = 0
        self.suffix = ""

    def fails(self, fault: str, times: int, suffix: str = "") -> None:
        """The next answers to requests whose path ends so are `fault`."""
        self.fault, self.times, self.suffix = fault, times, suffix

    def next_fault(self, path: str) -> str:
        self.asked.append(path)
        if not self.times or not path.endswith(self.suffix):
            return ""
        self.times -= 1
        return self.fault

    def listing(self, prefix: str) -> bytes:
        entries = []
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            key, body = path.relative_to(self.folder).as_posix(), path.read_bytes()
            if key.startswith(prefix):
                entries.append(
                    f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size><ETag>{etag(body)}</ETag>"
                    "<LastModified>2026-10-01T00:00:00.000Z</LastModified></Contents>"
                )
        return (
            "<ListBucketResult><Name>bills</Name><IsTruncated>false</IsTruncated>"
            f"<KeyCount>{len(entries)}</KeyCount>{''.join(entries)}</ListBucketResult>"
        ).encode()


def etag(body: bytes) -> str:
    return f'"{hashlib.md5(body).hexdigest()}"'


def handler_of(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class S3(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            _, _, key = unquote(asked.path).removeprefix("/").partition("/")
            fault = bucket.next_fault(asked.path)
            if fault == "closed":
                return
            if fault and fault != "short":
                status, code = fault.split()
                self.answer(int(status), f"<Error><Code>{code}</Code></Error>".encode())
            elif not key:
                self.answer(200, bucket.listing(parse_qs(asked.query)["prefix"][0]))
            else:
                body = (bucket.folder / key).read_bytes()
                self.answer(200, body, len(body) // 2 if fault else len(body))

        do_HEAD = do_GET

        def answer(self, status: int, body: bytes, sent: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Type", "application/xml")
            self.send_header("ETag", etag(body))
            self.send_header("Last-Modified", "Thu, 01 Oct 2026 00:00:00 GMT")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body[:sent])

        def log_message(self, *_: object) -> None:
            pass

    return S3


@pytest.fixture
def bucket(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A bucket with one bill of 5 dollars, and the configuration that reads it."""
    bucket = Bucket(ledger.root / "bucket")
    write_cur(bucket.folder / "cur", "2026-09", [{"space": SPACE, "cost": "5"}])
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(bucket))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    ledger.configure(
        'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://bills/cur/report"\nregion = "us-east-1"\n'
        f'endpoint_url = "http://127.0.0.1:{server.server_port}"\n'
    )
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CONFIG_FILE": str(ledger.root / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    yield bucket
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pulls(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """Every attempt of the pull task; neither Prefect nor the client waits before the next."""
    attempts: list[Settings] = []
    fetch: Callable[[Settings], int] = pipeline.fetch

    def counted(settings: Settings) -> int:
        attempts.append(settings)
        return fetch(settings)

    at_once = flows.daily.pull_bills.with_options(retry_delay_seconds=0, retry_jitter_factor=None)
    monkeypatch.setattr(flows.daily, "pull_bills", at_once)
    monkeypatch.setattr(pipeline, "fetch", counted)
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    return attempts


def spend_after_a_run(ledger: Ledger) -> list[tuple]:
    assert flows.daily.daily(ledger.config, date(2026, 10, 1), False).exit_code == 0
    return ledger.query("select effective_cost from marts.space_spend_monthly")


def test_without_a_fault_one_attempt_will_do(
    ledger: Ledger, bucket: Bucket, pulls: list[Settings]
) -> None:
    assert spend_after_a_run(ledger) == [(Decimal(5),)]
    assert len(pulls) == 1


def test_a_short_fault_is_the_clients_to_retry(
    ledger: Ledger, bucket: Bucket, pulls: list[Settings]
) -> None:
    bucket.fails("503 SlowDown", CLIENT_ATTEMPTS - 1)
    assert spend_after_a_run(ledger) == [(Decimal(5),)]
    assert (bucket.times, len(pulls)) == (0, 1)


@pytest.mark.parametrize(
    ("fault", "suffix"),
    [
        ("503 SlowDown", "/bills"),
        ("503 SlowDown", "-Manifest.json"),
        ("503 SlowDown", ".csv.gz"),
        ("500 InternalError", "/bills"),
    ],
)
def test_a_longer_fault_is_the_tasks_to_retry(
    fault: str, suffix: str, ledger: Ledger, bucket: Bucket, pulls: list[Settings]
) -> None:
    bucket.fails(fault, CLIENT_ATTEMPTS + 1, suffix)
    assert spend_after_a_run(ledger) == [(Decimal(5),)]
    assert (bucket.times, len(pulls)) == (0, 2)


@pytest.mark.parametrize(
    ("fault", "times", "suffix"),
    [
        ("closed", CLIENT_ATTEMPTS + 1, "/bills"),
        ("504 GatewayTimeout", CLIENT_ATTEMPTS + 1, "/bills"),
        ("short", 1, "-Manifest.json"),
        ("short", CLIENT_ATTEMPTS + 1, ".csv.gz"),
    ],
)
def test_faults_of_the_network_are_retried_too(
    fault: str, times: int, suffix: str, ledger: Ledger, bucket: Bucket, pulls: list[Settings]
) -> None:
    bucket.fails(fault, times, suffix)
    assert spend_after_a_run(ledger) == [(Decimal(5),)]
    assert len(pulls) == 2


def test_a_refused_connection_is_worth_another_try(
    ledger: Ledger, bucket: Bucket, pulls: list[Settings]
) -> None:
    with socket.socket() as taken:  # bound and not listening: whoever connects is refused
        taken.bind(("127.0.0.1", 0))
        text = ledger.config.read_text()
        port = taken.getsockname()[1]
        ledger.configure(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", text))
        with pytest.raises(TransientSourceError, match="Could not connect"):
            pipeline.fetch(ledger.settings)


@pytest.mark.parametrize("suffix", ["/bills", "-Manifest.json", ".csv.gz"])
def test_a_refusal_fails_at_once_with_one_line(
    suffix: str, ledger: Ledger, bucket: Bucket, pulls: list[Settings]
) -> None:
    bucket.fails("403 AccessDenied", 1000, suffix)
    with pytest.raises(SourceError, match=r"^s3://bills/cur/report/.*: S3 answered "):
        flows.daily.daily(ledger.config, date(2026, 10, 1), False)
    assert len(pulls) == 1
    assert len([path for path in bucket.asked if path.endswith(suffix)]) == 1
    assert not (ledger.home / "ledger.duckdb").exists()


def test_the_command_says_it_in_one_line(
    ledger: Ledger, bucket: Bucket, pulls: list[Settings]
) -> None:
    bucket.fails("403 AccessDenied", 1000)
    result = CliRunner().invoke(flows.daily.main, ["--config", str(ledger.config)])
    assert result.exit_code == 1
    said = [line for line in result.output.splitlines() if line.startswith("spaceledger:")]
    assert said == [
        "spaceledger: s3://bills/cur/report/: S3 answered AccessDenied -"
        " allow s3:ListBucket and s3:GetObject there: `spaceledger iam-policy` prints the policy"
    ]
    assert "Traceback" not in result.output
