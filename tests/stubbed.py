"""AWS as botocore's Stubber plays it: clients that check what they are asked and answer what a test says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from spaceledger.sources import patience
from spaceledger.sources.patience import Patience

Answer = Mapping[str, Any] | str  # what AWS answers, or an error code, "Code: message" or "Code"
MODULES = ("aws", "aws_budgets", "cost_tags", "report_definitions", "spaces_probe")


class StubbedAws:
    """One client for each service; every answer is given once, in the order it was said."""

    def __init__(self) -> None:
        self.stubs: dict[str, Stubber] = {}
        self.asked: list[tuple[str, str | None]] = []  # service and region of each client made

    def answers(
        self, service: str, operation: str, *answers: Answer, expect: Any = None, status: int = 400
    ) -> None:
        """Says what the next calls of one operation are answered."""
        stub = self._stub(service)
        for answer in answers:
            if isinstance(answer, str):
                code, _, message = answer.partition(": ")
                stub.add_client_error(operation, code, message, http_status_code=status)
            else:
                stub.add_response(operation, dict(answer), expect)

    def client_of(self, service: str, access: Any, where: str, **options: Any) -> Any:
        """Stands for `sources.aws.client_of`."""
        assert access.endpoint_url is None
        self.asked.append((service, options.get("region")))
        return self._stub(service).client

    def _stub(self, service: str) -> Stubber:
        if service not in self.stubs:
            client = boto3.client(
                service,  # type: ignore[call-overload]
                region_name="us-east-1",
                aws_access_key_id="AKIATEST",
                aws_secret_access_key="secret",
            )
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
        return self.stubs[service]

    def nothing_left(self) -> None:
        """Every answer was asked for."""
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


def install(monkeypatch: pytest.MonkeyPatch) -> StubbedAws:
    """Puts a stubbed AWS where the sources make their clients; nothing waits between two tries."""
    aws = StubbedAws()
    for module in MODULES:
        monkeypatch.setattr(f"spaceledger.sources.{module}.client_of", aws.client_of)
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=60, first_wait=0, longest_wait=0))
    return aws
