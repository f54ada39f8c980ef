"""Access to AWS as configured, against an STS of our own on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from botocore.utils import parse_timestamp
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.errors import SourceError
from spaceledger.settings import AwsAccess
from spaceledger.sources.aws import _moment, client_of
from spaceledger.sources.objects import open_store
from spaceledger.sources.patience import ask
from spaceledger.sources.s3 import S3Store

ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>ASIATEST</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
<SessionToken>token</SessionToken><Expiration>2036-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, list[str]]]]:
    """What an STS was asked; it lets every role be assumed but one that is called denied."""
    calls: list[dict[str, list[str]]] = []

    class Sts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(403 if "denied" in calls[-1]["RoleArn"][0] else 200)
            self.end_headers()
            denied = "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"
            is_denied = "denied" in calls[-1]["RoleArn"][0]
            self.wfile.write((denied if is_denied else ASSUMED).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Sts)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for name, value in {
        "AWS_ENDPOINT_URL_STS": f"http://127.0.0.1:{server.server_port}",
        "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    yield calls
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_region_and_an_endpoint_are_used() -> None:
    access = AwsAccess(region="eu-west-1", endpoint_url="http://127.0.0.1:1")
    store = open_store("s3://bills/cur/acme", {}, access)
    assert isinstance(store, S3Store)
    assert (store.bucket, store.prefix) == ("bills", "cur/acme/")
    assert store.client.meta.region_name == "eu-west-1"
    assert store.client.meta.endpoint_url == "http://127.0.0.1:1"


def test_a_role_is_assumed_with_its_external_id(asked: list[dict[str, list[str]]]) -> None:
    role = "arn:aws:iam::012345678901:role/reader"
    access = AwsAccess(role_arn=role, external_id="x-1", region="us-east-1")
    client = client_of("s3", access, "s3://bills")
    assert asked == []  # credentials are asked for by the first request, and renewed in time
    assert client._request_signer._credentials.get_frozen_credentials().access_key == "ASIATEST"
    assert [(call["RoleArn"], call["ExternalId"]) for call in asked] == [([role], ["x-1"])]


@pytest.mark.usefixtures("asked")
def test_a_role_that_may_not_be_assumed_says_what_to_allow() -> None:
    access = AwsAccess(role_arn="arn:aws:iam::012345678901:role/denied", region="us-east-1")
    client = client_of("sagemaker", access, "spaces-api")
    with pytest.raises(
        SourceError, match=r"spaces-api: the role may not be assumed .* trust policy"
    ):
        ask(client, "list_domains", where="spaces-api", permission="sagemaker:ListDomains")


@pytest.mark.usefixtures("asked")
def test_access_that_fails_names_the_source_and_the_keys() -> None:
    access = AwsAccess(profile="nobody-has-this-profile")
    with pytest.raises(SourceError, match=r"s3://bills: AWS gives no access .* correct profile"):
        client_of("s3", access, "s3://bills")


@given(
    moment=st.datetimes(datetime(1970, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC)),
    shape=st.sampled_from(
        [
            lambda t: t.strftime("%Y-%m-%dT%H:%M:%S.000Z"),  # S3 lists
            lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ"),  # STS
            lambda t: t.isoformat(),
            lambda t: t.strftime("%a, %d %b %Y %H:%M:%S GMT"),  # headers
            lambda t: t.strftime("%Y%m%dT%H%M%SZ"),
            lambda t: t.strftime("%Y-%m-%d"),
            lambda t: t.timestamp(),  # JSON protocols
            lambda t: int(t.timestamp()),
            lambda t: str(t.timestamp()),
        ]
    ),
)
def test_a_timestamp_is_what_botocore_reads(moment: datetime, shape: Callable) -> None:
    told = shape(moment)
    assert _moment(told) == parse_timestamp(told)


@pytest.mark.usefixtures("asked")
def test_clients_are_given_it_with_a_role_too() -> None:
    for access in (AwsAccess(region="us-east-1"),
                   AwsAccess(region="us-east-1", role_arn="arn:aws:iam::123456789012:role/reader")):  # fmt: skip
        client = client_of("s3", access, "s3://bucket")
        made = client._endpoint._response_parser_factory.create_parser("rest-xml")
        assert made._timestamp_parser is _moment
