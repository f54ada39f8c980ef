"""A pull needs no more memory for larger objects, nor for more of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

from spaceledger.sources.log_files import log_file_of
from spaceledger.sources.objects import StoredObject
from spaceledger.trails import LogFiles
from tests.s3.server import Server

FETCH = """
import json, re, sys
from pathlib import Path
from spaceledger.settings import AwsAccess
from spaceledger.sources.objects import open_store
uri, endpoint, landing = sys.argv[1:]
store = open_store(uri, {}, AwsAccess(endpoint_url=endpoint))
size = sum(store.materialise(item, Path(landing)).stat().st_size for item in store.list())
# getrusage would tell of the process that started this one.
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())
print(json.dumps([size, int(peak[1]) / 1024]))
"""
MB = 1024 * 1024


def peak(server: Server, bucket: str, size: int, landing: Path) -> float:
    """Peak memory, MB, of a process that fetches an object of a size."""
    server.client().put_object(
        Bucket=bucket, Key=f"{size}/x.parquet", Body=os.urandom(MB) * (size // MB)
    )
    words = [f"s3://{bucket}/{size}", server.endpoint, str(landing)]
    done = subprocess.run(
        [sys.executable, "-c", FETCH, *words], capture_output=True, text=True, check=True
    )
    fetched, peak_mb = json.loads(done.stdout)
    assert fetched == size
    return float(peak_mb)


def test_a_larger_object_needs_no_more_memory(server: Server, bucket: str, tmp_path: Path) -> None:
    small = peak(server, bucket, 16 * MB, tmp_path)
    large = peak(server, bucket, 192 * MB, tmp_path)
    assert large < small + 48


def test_more_log_files_need_no_more_memory() -> None:
    def needed(count: int) -> int:
        tracemalloc.start()
        files = LogFiles()
        for number in range(count):
            files.append(
                log_file_of(StoredObject(f"AWSLogs/{number:0150}.json.gz", 1, 1, "e" * 32))
            )
        assert sum(1 for _ in files) == len(files) == count
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few, many = needed(5_000), needed(100_000)
    assert many < few + 8 * MB
