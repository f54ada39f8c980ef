"""Trails: events a second into the work database, beside DuckDB's and pandas' own JSON readers.

`python -m bench.trails NAME FOLDER` is one contender in a process of its own; it prints a line of JSON.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FILES, EVENTS, KNOWN_FILES = 2_000, 150, 50_000
ACCOUNT, REGION = "123456789012", "us-east-1"
SPACES = [f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:space/d-bench/team-{n}" for n in range(20)]
SERVICES = ("ec2", "s3", "iam", "sts", "kms", "logs", "lambda", "dynamodb", "rds", "monitoring")
_TEXT = (
    "eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent",
    "errorCode", "errorMessage", "eventID", "sharedEventID", "eventType", "recipientAccountId", "readOnly",
)  # fmt: skip
Answer = dict[str, float]


def main(out: Path, tries: int) -> None:
    folder = make_trail(out / "trail", FILES)
    size = sum(path.stat().st_size for path in folder.rglob("*.gz")) / 1e6
    print(f"\ntrail, {FILES:,} files of {EVENTS} events, a tenth SageMaker's, {size:.0f} MB packed, "
          f"best of {tries}", flush=True)  # fmt: skip
    best: dict[str, Answer] = {}
    for _ in range(tries):
        for name in CONTENDERS:
            result = _contender(name, folder)
            before = best.get(name, result)
            faster = min(before, result, key=lambda r: r["seconds"])
            best[name] = faster | {"peak_mb": max(before["peak_mb"], result["peak_mb"])}
    kept = {result["kept"] for result in best.values()}
    if len(kept) > 1:
        raise AssertionError(f"contenders kept different numbers of events: {kept}")
    ours = best["ledger"]
    for name, result in best.items():
        print(f"  {name:22} {result['seconds']:8.2f} s {result['peak_mb']:8.0f} MB"
              f" {FILES * EVENTS / result['seconds']:10,.0f} events/s,"
              f" {result['seconds'] / ours['seconds']:6.2f} x ours")  # fmt: skip
    twice = _contender("ledger", make_trail(out / "trail-long", 3 * FILES))
    print(f"  three times the files: {twice['seconds']:.2f} s, {twice['peak_mb']:.0f} MB")
    known_files(out)


def known_files(out: Path) -> None:
    """A run over a trail of which every file was read before."""
    from bench.reruns import AS_OF

    folder = out / "trail-known"
    _small_trail(folder / "trail", KNOWN_FILES)
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    config = folder / "known.toml"
    bill = out / "parquet-1000000" / "export"
    config.write_text(
        f"home = {json.dumps(str(home))}\n[[costs]]\nname = 'bench'\nuri = {json.dumps(str(bill))}\n"
        f"[[activity]]\nname = 'trail'\nuri = {json.dumps(str(folder / 'trail'))}\n"
    )
    program = str(Path(sys.executable).with_name("spaceledger"))
    command = [program, "run", "--config", str(config), "--as-of", AS_OF]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    first = time.perf_counter() - began
    build = (home / "current").readlink()
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    again = time.perf_counter() - began
    if (home / "current").readlink() != build:
        raise AssertionError("a run with nothing new made a build")
    print(
        f"  a run over {KNOWN_FILES:,} files read before: {again:.2f} s (the first took {first:.1f} s)"
    )


def make_trail(folder: Path, files: int) -> Path:
    """Log files as CloudTrail lays them out, five minutes each; made once."""
    if len(list(folder.rglob("*.gz"))) == files:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    chance = random.Random(7)
    start = datetime(2026, 8, 1)
    for number in range(files):
        begins = start + timedelta(minutes=5 * number)
        events = [_event(chance, begins + timedelta(seconds=2 * n)) for n in range(EVENTS)]
        _write(folder, begins, number, events)
    return folder


def _small_trail(folder: Path, files: int) -> None:
    """Many files of one event each: what counts is how many there are."""
    if len(list(folder.rglob("*.gz"))) == files:
        return
    shutil.rmtree(folder, ignore_errors=True)
    chance = random.Random(7)
    start = datetime(2026, 6, 1)
    for number in range(files):
        begins = start + timedelta(minutes=number)
        _write(folder, begins, number, [_event(chance, begins)])


def _write(folder: Path, begins: datetime, number: int, events: list[dict[str, Any]]) -> None:
    day = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / f"{begins:%Y/%m/%d}"
    day.mkdir(parents=True, exist_ok=True)
    mark = hashlib.sha256(str(number).encode()).hexdigest()[:16]
    delivered = begins + timedelta(minutes=10)
    name = f"{ACCOUNT}_CloudTrail_{REGION}_{delivered:%Y%m%dT%H%MZ}_{mark}.json.gz"
    body = json.dumps({"Records": events}, separators=(",", ":")).encode()
    (day / name).write_bytes(gzip.compress(body, 6, mtime=0))


def _event(chance: random.Random, moment: datetime) -> dict[str, Any]:
    is_ours = chance.random() < 0.1
    job = f"job-{chance.getrandbits(40):x}"
    role = f"role-{chance.randrange(9)}"
    event = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLEEXAMPLE:{role}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/SageMaker",
            "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLEEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLEEXAMPLE",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
                    "accountId": ACCOUNT,
                    "userName": role,
                },
                "attributes": {"creationDate": f"{moment:%Y-%m-%dT%H:00:00Z}", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": f"{'sagemaker' if is_ours else chance.choice(SERVICES)}.amazonaws.com",
        "eventName": "CreateTrainingJob" if is_ours else "DescribeInstances",
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "Boto3/1.40.0 md/Botocore#1.40.0 ua/2.1 os/linux md/arch#x86_64 lang/python#3.12.3",
        "requestParameters": {"instancesSet": {"items": [{"instanceId": "i-0123456789abcdef0"}]}},
        "responseElements": None,
        "requestID": f"{chance.getrandbits(128):032x}",
        "eventID": f"{chance.getrandbits(128):032x}",
        "readOnly": not is_ours,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256",
                       "clientProvidedHostHeader": f"api.{REGION}.amazonaws.com"},
    }  # fmt: skip
    if is_ours:
        event["requestParameters"] = {
            "trainingJobName": job,
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
            "resourceConfig": {"instanceType": "ml.m5.large", "instanceCount": 1},
            "hyperParameters": {"epochs": "20", "learning_rate": "0.01"},
            "tags": [{"key": "sagemaker:space-arn", "value": chance.choice(SPACES)}],
        }
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{job}"
        event["responseElements"] = {"trainingJobArn": arn}
    return event


def ledger(folder: Path) -> Callable[[], Answer]:
    """The product's way from files to its work database.

    Modules are imported before the clock starts, for every contender; pyarrow imports pandas with its
    first array.
    """
    import pyarrow as pa

    from spaceledger import trails
    from spaceledger.settings import ActivitySource
    from spaceledger.warehouse import build
    from spaceledger.warehouse.connection import open_work

    work = folder.parent / "trail-work" / "ledger.duckdb"
    shutil.rmtree(work.parent, ignore_errors=True)
    with open_work(work) as con:
        build.prepare(con)
    pa.array(["warm"])

    def measured() -> Answer:
        source = ActivitySource(name="trail", uri=str(folder))
        with open_work(work) as con:
            asked = trails.TrailPull(
                folder / "none", folder, datetime(2026, 9, 1, tzinfo=UTC), frozenset()
            )
            (logs,), _ = trails.pull_logs([source], asked)
            row = trails.load_logs(con, logs, folder, datetime(2026, 9, 1), lambda _: None)
        return {"events": row.event_count, "kept": row.sagemaker_event_count}

    return measured


def duckdb_read_json(folder: Path) -> Callable[[], Answer]:
    """DuckDB's reader with stated columns, nested ones as JSON; keeps the same events, counts the others."""
    import duckdb

    database = folder.parent / "trail-duckdb.duckdb"

    def measured() -> Answer:
        fields = [f"{name} VARCHAR" for name in _TEXT]
        fields += [
            f"{name} JSON" for name in ("userIdentity", "requestParameters", "responseElements")
        ]
        records = f"STRUCT({', '.join(fields)})[]"
        files = f"{folder}/**/*.json.gz"
        with duckdb.connect(str(database)) as con:
            con.execute(
                f"create table delivered as select unnest(Records, recursive := true) from"
                f" read_json('{files}', columns = {{Records: '{records}'}})"
            )
            con.execute(
                "create table kept as from delivered where eventSource = 'sagemaker.amazonaws.com'"
            )
            con.execute("create table counts as select eventSource, eventTime[:10] as day, count(*) as n"
                        " from delivered group by all")  # fmt: skip
            kept = con.execute("select count(*) from kept").fetchall()[0][0]
            events = con.execute("select sum(n)::bigint from counts").fetchall()[0][0]
        return {"events": events, "kept": kept}

    database.unlink(missing_ok=True)
    return measured


def pandas_json_normalize(folder: Path) -> Callable[[], Answer]:
    """The script an analyst writes: every file into a frame, then filter and count."""
    import pandas as pd

    def measured() -> Answer:
        frames = []
        for path in sorted(folder.rglob("*.json.gz")):
            with gzip.open(path) as file:
                frames.append(pd.json_normalize(json.load(file)["Records"]))
        events = pd.concat(frames, ignore_index=True)
        kept = events[events["eventSource"] == "sagemaker.amazonaws.com"]
        events.groupby(["eventSource", events["eventTime"].str[:10]]).size()
        return {"events": len(events), "kept": len(kept)}

    return measured


CONTENDERS = {
    "ledger": ledger,
    "duckdb read_json": duckdb_read_json,
    "pandas json_normalize": pandas_json_normalize,
}


def _contender(name: str, folder: Path) -> Answer:
    command = [sys.executable, "-m", "bench.trails", name, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer: Answer = json.loads(done.stdout.splitlines()[-1])
    return answer


def _one() -> None:
    measured = CONTENDERS[sys.argv[1]](Path(sys.argv[2]))
    began = time.perf_counter()
    answer = measured()
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, **answer}))


if __name__ == "__main__":
    _one()
