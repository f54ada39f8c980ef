"""The quick way to S3's bytes: it is led to the bucket's own region, and gives way where it is of no use."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from spaceledger.errors import TransientSourceError
from spaceledger.sources.bodies import FastBodies

KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}


def bodies(
    region: str, told: str | None, *, status: int, endpoint: str | None = None
) -> FastBodies:
    """Of a client in `region` whose bucket says, with `status`, that it lies in another."""
    session = boto3.Session(region_name=region, **KEYS)
    client = session.client("s3", endpoint_url=endpoint)
    said = {"HTTPHeaders": {"x-amz-bucket-region": told} if told else {}}
    stubber = Stubber(client)
    if status == 200:
        stubber.add_response("head_bucket", {"ResponseMetadata": said})
    else:
        stubber.add_client_error(
            "head_bucket", str(status), http_status_code=status, response_meta=said
        )
    stubber.activate()
    return FastBodies(client, session, "bills", endpoint)


def opened(fast: FastBodies) -> tuple[str, str]:
    config: dict[str, Any] = fast._opened().config
    return config["region"], config["endpoint"]


@pytest.mark.parametrize("status", [200, 301, 400, 403])
def test_a_bucket_in_another_region_is_asked_there(status: int) -> None:
    fast = bodies("us-east-1", "eu-central-1", status=status)
    assert opened(fast) == ("eu-central-1", "https://s3.eu-central-1.amazonaws.com")


def test_other_partitions_have_endpoints_of_their_own() -> None:
    fast = bodies("cn-north-1", "cn-northwest-1", status=301)
    assert opened(fast) == ("cn-northwest-1", "https://s3.cn-northwest-1.amazonaws.com.cn")


def test_a_bucket_that_names_no_region_is_asked_where_the_source_says() -> None:
    assert opened(bodies("eu-west-1", None, status=403))[0] == "eu-west-1"


def test_an_endpoint_of_the_source_stands() -> None:
    fast = bodies("us-east-1", "eu-central-1", status=200, endpoint="http://127.0.0.1:9")
    assert opened(fast) == ("eu-central-1", "http://127.0.0.1:9")


def test_after_eight_failures_in_a_row_it_is_asked_no_more() -> None:
    fast = bodies("us-east-1", "us-east-1", status=200, endpoint="http://127.0.0.1:9")
    for number in range(8):
        assert fast.is_up
        if number % 2:
            assert fast.body("key", "e", 1) is None
        else:
            with pytest.raises(TransientSourceError, match="broke off"):
                next(fast.chunks("key", "e", 1))
    assert not fast.is_up
    assert fast.body("key", "e", 1) is None
