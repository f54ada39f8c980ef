"""A real S3 server on this machine, SeaweedFS, which checks signatures; and what tests do with it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

KEY = "AKIASENTINELKEYID"
SECRET = "sentinel-secret-access-key-0123456789"
REGION = "us-east-1"


@dataclass
class Server:
    """A running server: its port, and buckets made on it."""

    port: int
    made: int = field(default=0)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name=REGION,
            aws_access_key_id=KEY, aws_secret_access_key=SECRET,
            config=Config(retries={"total_max_attempts": 3}),
        )  # fmt: skip

    def bucket(self) -> str:
        """A new, empty bucket."""
        self.made += 1
        name = f"bucket-{self.port}-{self.made}"
        self.client().create_bucket(Bucket=name)
        return name

    def upload(self, folder: Path, bucket: str, prefix: str = "") -> None:
        """A folder's files; manifests last, as AWS writes them."""
        client = self.client()
        files = [path for path in folder.rglob("*") if path.is_file()]
        for path in sorted(files, key=lambda p: (p.name.endswith("-Manifest.json"), p)):
            key = prefix + path.relative_to(folder).as_posix()
            client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes())


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """The server, from when it answers until the end of the block."""
    weed = Path(sys.executable).with_name("weed")
    ports = _free_ports(9)
    (folder / "data").mkdir(parents=True)
    (folder / "s3.json").write_text(json.dumps({
        "identities": [{
            "name": "tests",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }]
    }))  # fmt: skip
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port",
             "filer.port.grpc", "s3.port", "s3.port.grpc")  # fmt: skip
    command = [str(weed), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder / 'data'}",
               "-volume.max=4000", "-master.volumeSizeLimitMB=64", "-master.telemetry=false", "-filer", "-s3",
               "-s3.port.iceberg=0", "-s3.port.lance=0",
               f"-s3.config={folder / 's3.json'}"]  # fmt: skip
    command += [f"-{name}={port}" for name, port in zip(names, ports, strict=False)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        server = Server(ports[6])
        _await(server, process, folder)
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder / "data", ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    taken = [socket.socket() for _ in range(count)]
    try:
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in taken]
    finally:
        for each in taken:
            each.close()


def _await(server: Server, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Until a bucket can be written to: the volume server joins after S3 answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(server.endpoint, timeout=2)
        except urllib.error.HTTPError:
            try:
                server.client().put_object(Bucket=server.bucket(), Key="probe", Body=b"1")
            except Exception:
                time.sleep(0.2)
            else:
                return
        except OSError:
            time.sleep(0.1)
    said = (folder / "log").read_text(errors="replace")[-2000:]
    raise RuntimeError(f"the S3 server did not come up: {said}")
