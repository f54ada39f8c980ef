"""Writes small trails for tests: log files as CloudTrail delivers them, from records that state what matters."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

ACCOUNT = "012345678901"
SAGEMAKER = "sagemaker.amazonaws.com"


def record(event_id: str = "event-1", **fields: Any) -> dict[str, Any]:
    """A record of somebody who starts an app in the space d-abc/fraud; fields are named as AWS does."""
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "accountId": ACCOUNT, "userName": "ana"},
        "eventTime": "2026-09-01T10:00:00Z",
        "eventSource": SAGEMAKER,
        "eventName": "CreateApp",
        "awsRegion": "us-east-1",
        "requestParameters": {
            "domainId": "d-abc",
            "spaceName": "fraud",
            "appType": "JupyterLab",
            "appName": "default",
        },
        "responseElements": None,
        "eventID": event_id,
        "readOnly": False,
        "recipientAccountId": ACCOUNT,
        **fields,
    }


def log_key(minute: str = "20260901T1005", mark: str = "a", account: str = ACCOUNT) -> str:
    """Where CloudTrail delivers a log file at that minute."""
    day = f"{minute[:4]}/{minute[4:6]}/{minute[6:8]}"
    name = f"{account}_CloudTrail_us-east-1_{minute}Z_{mark:0>16}.json.gz"
    return f"AWSLogs/{account}/CloudTrail/us-east-1/{day}/{name}"


def packed(*records: object) -> bytes:
    """A log file of these records."""
    return gzip.compress(json.dumps({"Records": records}).encode(), mtime=0)


def write_log(trail: Path, body: bytes, key: str = "") -> Path:
    """One log file of a trail, whatever its bytes."""
    path = trail / (key or log_key())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    return path
