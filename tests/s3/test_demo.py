"""The whole demo through S3 gives the same marts as from its folder, and no secret is left anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.conftest import Ledger
from tests.s3.figures import figures
from tests.s3.proxy import Proxy, share
from tests.s3.server import KEY, SECRET, Server

DEMO = Path(__file__).resolve().parents[2] / "data-samples"
AS_OF = date(2026, 10, 21)


def configured(ledger: Ledger, top: str, access: str = "") -> Ledger:
    text = (DEMO / "spaceledger.toml").read_text()
    text = text.replace('home = "../demo"', 'home = "home"').replace(
        '"owners.csv"', f'"{DEMO / "owners.csv"}"'
    )
    for folder in ("acme-billing", "acme-exports", "acme-trail"):
        text = text.replace(f'uri = "{folder}', f'{access}\nuri = "{top}/{folder}')
    ledger.configure(text)
    return ledger


def test_the_demo_through_s3_equals_the_demo_from_its_folder(
    make_ledger: Callable[[str], Ledger], server: Server, proxy: Proxy, bucket: str
) -> None:
    local = configured(make_ledger("local"), str(DEMO))
    local.run(as_of=AS_OF)
    for folder in ("acme-billing", "acme-exports", "acme-trail"):
        server.upload(DEMO / folder, bucket, f"{folder}/")
    access = f'endpoint_url = "{proxy.endpoint}"'
    remote = configured(make_ledger("remote"), f"s3://{bucket}", access)
    proxy.rule = share("503 SlowDown", 0.05)
    assert remote.run(as_of=AS_OF).exit_code == 0
    expected = figures(local)
    assert sum(len(rows) for rows in expected.values()) > 10_000
    assert figures(remote) == expected
    assert not remote.run(as_of=AS_OF).published
    assert holders_of(remote.root, KEY, SECRET, "X-Amz-Signature", "Credential=") == []


def holders_of(folder: Path, *secrets: str) -> list[Path]:
    """Files that hold one of these."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [
        path for path in files if any(secret.encode() in path.read_bytes() for secret in secrets)
    ]


ANSWERS = ("403 AccessDenied", "403 InvalidAccessKeyId", "403 SignatureDoesNotMatch", "403 ExpiredToken",
           "301 PermanentRedirect", "503 SlowDown", "400 KMS.DisabledException", "reset")  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_secret_is_said_or_written_whatever_aws_answers(
    answer: str, ledger: Ledger, proxy: Proxy, bucket: str
) -> None:
    # Some servers quote the key, the string that was signed, or the signed address.
    quoted = (
        f" {KEY} {SECRET} https://x/?X-Amz-Signature=abcdef0123&X-Amz-Security-Token=tokentoken"
    )
    proxy.rule = lambda _: answer if answer == "reset" else answer + quoted
    ledger.configure(
        f'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://{bucket}/cur"\n'
        f'endpoint_url = "{proxy.endpoint}"\n'
    )
    command = (
        "import sys; from spaceledger.sources import patience;"
        " patience.PATIENCE = patience.Patience(0.2, 0.01, 0.02);"
        " from spaceledger.cli import main; main()"
    )
    environment = (
        os.environ | {"AWS_SESSION_TOKEN": "sentinel-token"} if answer != "x" else os.environ
    )
    for verb in ("run", "pull", "doctor"):
        done = subprocess.run(
            [sys.executable, "-c", command, verb, "--config", str(ledger.config)],
            capture_output=True, text=True, env=environment, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert "Traceback" not in said
        assert not [
            each
            for each in (KEY, SECRET, "sentinel-token", "abcdef0123", "tokentoken")
            if each in said
        ]
    assert holders_of(ledger.root, KEY, SECRET, "sentinel-token", "X-Amz") == []
