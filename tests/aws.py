"""Clients of AWS that answer as a test says and reach no network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.stub import Stubber

Answer = Mapping[str, Any]


class Refusal(Exception):
    """An error that AWS answers with: its code, message and HTTP status."""

    def __init__(self, code: str, message: str = "no", status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status
        super().__init__(code)


def client(service: str, region: str = "us-east-1") -> Any:
    """A client with credentials that are none."""
    return boto3.client(
        service, region_name=region, aws_access_key_id="AKIATEST", aws_secret_access_key="none"
    )


def stubbed(service: str, region: str = "us-east-1") -> tuple[Any, Stubber]:
    """A client that gives the answers queued in its Stubber, in their order, to the requests expected."""
    made = client(service, region)
    stubber = Stubber(made)
    stubber.activate()
    return made, stubber


def answering(
    service: str, answer: Callable[[str, dict[str, Any]], Answer], region: str = "us-east-1"
) -> Any:
    """A client that asks `answer(operation, arguments)`; what is refused there is refused by AWS."""
    made = client(service, region)

    def before_call(model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, Any]:
        asked = json.loads(params["body"]) if service != "sts" else dict(params["body"])
        try:
            return SimpleNamespace(status_code=200, headers={}), answer(model.name, asked)
        except Refusal as error:
            said = {"Error": {"Code": error.code, "Message": error.message}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=error.status, headers={}), said

    made.meta.events.register_first(f"before-call.{service}", before_call)
    return made
