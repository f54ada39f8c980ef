"""Pulls: objects from a loopback S3 server, beside aws s3 sync, s5cmd, obstore and boto3.

`python -m bench.pulls NAME ENDPOINT BUCKET FOLDER` is one contender in a process of its own; it prints a
line of JSON: seconds of the transfer (of the whole command where it is a command), and its peak memory.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tests.s3.server import KEY, REGION, SECRET, Server, served

SMALL, LARGE, KNOWN = (2_000, 20_000), (10, 50_000_000), 100_000
ROUNDS = 5
MEMORY = Path("/dev/shm")
BIN = Path(sys.executable).parent
ACCOUNT = "123456789012"
Answer = dict[str, float]


def main(out: Path) -> None:
    folder = out / "pulls"
    shutil.rmtree(folder, ignore_errors=True)
    with served(folder / "server") as server:
        for kind, (count, size) in (("small", SMALL), ("large", LARGE)):
            bucket = server.bucket()
            fill(server, bucket, kind, count, size)
            race(server, bucket, f"{count:,} objects of {size:,} bytes")
        many(server)
        nothing_new(server, folder)
    shutil.rmtree(folder, ignore_errors=True)


def fill(server: Server, bucket: str, kind: str, count: int, size: int) -> None:
    """A trail of small log files, or a bill of large ones, as AWS would lay them out."""
    client = server.client()
    if kind == "small":
        keys = [log_key(number, 100) for number in range(count)]
    else:
        keys = [f"cur/20260901-20261001/cur-{number:05}.csv.gz" for number in range(count)]
    bodies = [os.urandom(size) for _ in range(2)]

    def put(pair: tuple[int, str]) -> None:
        client.put_object(Bucket=bucket, Key=pair[1], Body=bodies[pair[0] % 2])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, enumerate(keys)))
    if kind == "large":
        manifest = {"assemblyId": "a", "reportName": "cur", "reportKeys": keys}
        client.put_object(Bucket=bucket, Key="cur/20260901-20261001/cur-Manifest.json",
                          Body=json.dumps(manifest))  # fmt: skip


def log_key(number: int, a_day: int) -> str:
    day = date(2026, 3, 1) + timedelta(days=number // a_day)
    return (f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{day:%Y/%m/%d}/{ACCOUNT}_CloudTrail_{REGION}"
            f"_{day:%Y%m%d}T0000Z_{number:016}.json.gz")  # fmt: skip


def race(server: Server, bucket: str, title: str) -> None:
    print(f"\npull, {title}, median of {ROUNDS} rounds", flush=True)
    seen: dict[str, list[Answer]] = {name: [] for name in CONTENDERS}
    for number in range(ROUNDS):
        # Each round begins with another one: the first finds the server's caches colder.
        names = [*CONTENDERS][number % len(CONTENDERS) :] + [*CONTENDERS][
            : number % len(CONTENDERS)
        ]
        for name in names:
            seen[name].append(contender(name, server, bucket))
    middle = {name: median(each["seconds"] for each in answers) for name, answers in seen.items()}
    ours = middle["spaceledger"]
    best = min(seconds for name, seconds in middle.items() if name != "spaceledger")
    for name, seconds in middle.items():
        peak = max(each["peak_mb"] for each in seen[name])
        print(f"  {name:20} {seconds:7.2f} s {peak:6.0f} MB {seconds / ours:6.2f} x ours")
    whole = median(each["whole"] for each in seen["spaceledger"])
    print(
        f"  ours takes {ours / best:.2f} x the best single client; with the start of Python {whole:.2f} s"
    )


def contender(name: str, server: Server, bucket: str) -> Answer:
    # In memory where there is such a place: for minutes after many files were removed, as each round ends,
    # ext4 takes up to a millisecond for each new one, because it passes over inodes that were freed lately.
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "bench.pulls", name, server.endpoint, bucket, folder],
            capture_output=True, text=True, check=True, env=environment(),
        )  # fmt: skip
        answer: Answer = json.loads(done.stdout.splitlines()[-1])
        return answer | {"whole": time.perf_counter() - began}


def environment() -> dict[str, str]:
    return os.environ | {
        "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip


def many(server: Server) -> None:
    """Ten times the objects, and objects of ten times the size: memory must not grow with either."""
    for title, count, size in (("20,000 objects of 2,000 bytes", 20_000, 2_000),
                               ("4 objects of 500,000,000 bytes", 4, 500_000_000)):  # fmt: skip
        bucket = server.bucket()
        fill(server, bucket, "small" if count > 100 else "large", count, size)
        answer = contender("spaceledger", server, bucket)
        print(f"  {title}: {answer['seconds']:.2f} s, {answer['peak_mb']:.0f} MB", flush=True)


def nothing_new(server: Server, folder: Path) -> None:
    """A second pull over a trail of which every object is known."""
    bucket = server.bucket()
    body = gzip.compress(b'{"Records":[]}', mtime=0)
    client = server.client()

    def put(number: int) -> None:
        client.put_object(Bucket=bucket, Key=log_key(number, 500), Body=body)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, range(KNOWN)))
    home = folder / "known"
    write_configuration(home, server.endpoint, bucket)
    for verb in ("run", "pull"):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", TIMED, str(home / "spaceledger.toml"), verb],
            capture_output=True, text=True, check=True, env=environment(),
        )  # fmt: skip
        inside = float(done.stdout.splitlines()[-1])
        print(f"  {verb} over {KNOWN:,} objects: {inside:.2f} s, {time.perf_counter() - began:.2f} s with"
              " the start of Python", flush=True)  # fmt: skip


TIMED = """
import sys, time
from pathlib import Path
from spaceledger import pipeline
from spaceledger.settings import load_settings
settings = load_settings(Path(sys.argv[1]))
began = time.perf_counter()
if sys.argv[2] == "run":
    pipeline.run(settings)
else:
    assert pipeline.fetch(settings) == 0
print(time.perf_counter() - began)
"""


def write_configuration(folder: Path, endpoint: str, bucket: str) -> None:
    """A trail in the bucket, and a bill of one line, as a ledger needs one."""
    from tests.bills import SPACE, write_cur

    write_cur(folder / "bill", "2026-09", [{"space": SPACE, "cost": "5"}])
    (folder / "spaceledger.toml").write_text(
        f'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n[[activity]]\nname = "trail"\n'
        f'uri = "s3://{bucket}"\nendpoint_url = "{endpoint}"\n'
    )


def ours(endpoint: str, bucket: str, folder: Path) -> float:
    """`spaceledger pull`: list, find what is new, fetch, verify, rename."""
    import obstore  # noqa: F401 - imports count for none

    from spaceledger.cli import collect_seldom, main
    from spaceledger.sources import s3  # noqa: F401

    collect_seldom()
    if is_bill(endpoint, bucket):
        (folder / "spaceledger.toml").write_text(
            f'home = "home"\n[[costs]]\nname = "acme"\nuri = "s3://{bucket}/cur"\n'
            f'endpoint_url = "{endpoint}"\n'
        )
    else:
        write_configuration(folder, endpoint, bucket)
    began = time.perf_counter()
    main(["pull", "--config", str(folder / "spaceledger.toml")], standalone_mode=False)
    return time.perf_counter() - began


def is_bill(endpoint: str, bucket: str) -> bool:
    return "Contents" in client_of(endpoint).list_objects_v2(
        Bucket=bucket, Prefix="cur/", MaxKeys=1
    )


def aws_sync(endpoint: str, bucket: str, folder: Path) -> float:
    return command([str(BIN / "aws"), "--endpoint-url", endpoint, "s3", "sync", f"s3://{bucket}",
                    str(folder), "--only-show-errors"])  # fmt: skip


def s5cmd(endpoint: str, bucket: str, folder: Path) -> float:
    return command([str(BIN / "s5cmd"), "--endpoint-url", endpoint, "--log", "error", "cp",
                    f"s3://{bucket}/*", f"{folder}/"])  # fmt: skip


def command(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def client_of(endpoint: str) -> Any:
    import boto3

    return boto3.client("s3", endpoint_url=endpoint)


def keys_in(endpoint: str, bucket: str) -> list[str]:
    pages = client_of(endpoint).get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", ())]


def boto3_files(endpoint: str, bucket: str, folder: Path) -> float:
    import boto3  # noqa: F401 - imports count for none

    began = time.perf_counter()
    client = client_of(endpoint)

    def get(key: str) -> None:
        client.download_file(bucket, key, str(folder / key.replace("/", "_")))

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(get, keys_in(endpoint, bucket)))
    return time.perf_counter() - began


def obstore_files(endpoint: str, bucket: str, folder: Path) -> float:
    import obstore
    from obstore.store import S3Store

    began = time.perf_counter()
    store = S3Store(bucket, endpoint=endpoint, region=REGION, access_key_id=KEY,
                    secret_access_key=SECRET, client_options={"allow_http": True},
                    virtual_hosted_style_request=False)  # fmt: skip

    def get(key: str) -> None:
        with (folder / key.replace("/", "_")).open("wb") as file:
            for chunk in obstore.get(store, key).stream(1024 * 1024):
                file.write(chunk)

    keys = [item["path"] for page in obstore.list(store) for item in page]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(get, keys))
    return time.perf_counter() - began


CONTENDERS: dict[str, Callable[[str, str, Path], float]] = {
    "spaceledger": ours,
    "aws s3 sync": aws_sync,
    "s5cmd": s5cmd,
    "obstore": obstore_files,
    "boto3 download_file": boto3_files,
}


if __name__ == "__main__":
    seconds = CONTENDERS[sys.argv[1]](sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    if sys.argv[1] in {"aws s3 sync", "s5cmd"}:
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    else:
        # getrusage would tell of the process that started this one.
        peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))
