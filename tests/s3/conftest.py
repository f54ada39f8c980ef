"""One S3 server for each process of tests, and little patience, so that no test waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from spaceledger.sources import aws, patience
from tests.s3 import proxy as proxies
from tests.s3.proxy import Proxy
from tests.s3.server import KEY, REGION, SECRET, Server, served


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def bucket(server: Server) -> str:
    return server.bucket()


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxy]:
    with proxies.before(server) as running:
        yield running


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", patience.Patience(20, 0.005, 0.05))
    monkeypatch.setattr(aws, "READ_SECONDS", 1)
