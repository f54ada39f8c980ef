"""A large estate to measure pages on: 1,000 spaces of 20 domains and 10 accounts, over two years.

Each space has three lines a day: an app on a Savings Plan, its volume, an endpoint; so four cost
measures that differ, three categories and two instance types. A trail of the last three months shows
two people in most of them. Made once; numbers come from hashes, so they are the same each time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from bench.generate import COLUMNS

SPACES, DOMAINS, ACCOUNTS, TEAMS, MONTHS = 1_000, 20, 10, 40, 24
AS_OF = date(2026, 8, 21)
TRAIL_DAYS = 92
REGION = "us-east-1"

# SQL of `n`, the number of a space or, from SPACES on, of a domain; `day`; `k`, which of its lines.
_DOMAIN = f"(case when n >= {SPACES} then n - {SPACES} else n % {DOMAINS} end)"
_ACCOUNT = f"(300000000000 + {_DOMAIN} % {ACCOUNTS})"
_PLACE = f"'arn:aws:sagemaker:{REGION}:' || {_ACCOUNT}"
_ID = f"'d-bench' || lpad({_DOMAIN}::varchar, 2, '0')"
# A level of its own, a rhythm of weekdays and noise.
_GROSS = (
    "round((0.4 + hash(n, k) % 200 / 9.7)"
    " * (case when dayofweek(day) in (0, 6) and k = 0 then 0.25 else 1 end)"
    " * (0.7 + hash(n, day, k) % 100000 / 166667.0), 10)"
)
_LINE = {
    "identity_line_item_id": "md5(n || ' ' || k || ' ' || day)",
    "bill_invoice_id": f"case when day < date '{AS_OF.replace(day=1)}' then 'INV' end",
    "bill_billing_period_start_date": "date_trunc('month', day)::timestamp",
    "line_item_usage_account_id": f"{_ACCOUNT}::varchar",
    "line_item_line_item_type": "case when k = 0 then 'SavingsPlanCoveredUsage' else 'Usage' end",
    "line_item_usage_start_date": "day::timestamp",
    "line_item_usage_end_date": "day::timestamp + interval 1 day",
    "line_item_product_code": "'AmazonSageMaker'",
    "line_item_usage_type": (
        "'USE1-' || case k when 0 then 'Studio:JupyterLab-ml.t3.medium' when 1 then 'Studio:VolumeUsage.gp3'"
        " else 'Host:ml.g5.xlarge' end"
    ),
    "line_item_resource_id": (
        f"{_PLACE} || ':' || case k"
        f" when 0 then 'app/' || {_ID} || '/space-' || n || '/jupyterlab/default'"
        f" when 1 then 'space/' || {_ID} || '/space-' || n else 'endpoint/of-' || n end"
    ),
    "line_item_usage_amount": "24.0",
    "line_item_unblended_cost": _GROSS,
    "line_item_net_unblended_cost": f"round({_GROSS} * 0.93, 10)",
    "line_item_line_item_description": "'$0.05 per Hrs'",
    "product_instance_type": ("case k when 0 then 'ml.t3.medium' when 2 then 'ml.g5.xlarge' end"),
    "pricing_public_on_demand_cost": f"round({_GROSS} * 1.1, 10)",
    "savings_plan_savings_plan_effective_cost": f"case when k = 0 then round({_GROSS} * 0.72, 10) end",
    "savings_plan_net_savings_plan_effective_cost": (
        f"case when k = 0 then round({_GROSS} * 0.67, 10) end"
    ),
    "resource_tags_user_sagemaker_domain_arn": f"{_PLACE} || ':domain/' || {_ID}",
    "resource_tags_user_sagemaker_space_arn": (
        f"case when n < {SPACES} then {_PLACE} || ':space/' || {_ID} || '/space-' || n end"
    ),
}


def make_estate(folder: Path) -> Path:
    """Bills, trail, owners and a configuration; made once. Returns the configuration's path."""
    last = AS_OF.year * 12 + AS_OF.month - 1
    for number in range(last - MONTHS + 1, last + 1):
        _bill(folder / "export", f"{number // 12}-{number % 12 + 1:02}")
    done = folder / "trail.done"
    if not done.exists():
        for key, events in _logs():
            path = folder / "trail" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            body = json.dumps({"Records": events}, separators=(",", ":")).encode()
            path.write_bytes(gzip.compress(body, 1, mtime=0))
        done.touch()
    owners = [f"{_arn(n, 'space')},Team {n % TEAMS},Owner {n % 173}" for n in range(SPACES)]
    (folder / "owners.csv").write_text("\n".join(["space_arn,team,owner", *owners]) + "\n")
    config = folder / "spaceledger.toml"
    config.write_text(
        'home = "home"\nowners = "owners.csv"\n'
        '[[costs]]\nname = "acme"\nuri = "export"\n'
        '[[activity]]\nname = "trail"\nuri = "trail"\n'
        '[[budgets]]\nname = "each"\nspace = "*"\namount = 900\n'
    )
    return config


def _bill(export: Path, period: str) -> None:
    """One month of a CUR 2.0 export."""
    month = f"BILLING_PERIOD={period}"
    manifest = export / "metadata" / month / "export-Manifest.json"
    if manifest.exists():
        return
    data = export / "data" / month
    data.mkdir(parents=True, exist_ok=True)
    manifest.parent.mkdir(parents=True, exist_ok=True)
    parts = [f"{_LINE.get(name, sql)} as {name}" for name, _, sql in COLUMNS
             if name in _LINE or "hash(i)" not in sql]  # fmt: skip
    more = [name for name in _LINE if name not in {name for name, _, _ in COLUMNS}]
    parts += [f"{_LINE[name]} as {name}" for name in more]
    rows = (
        f"select n, k, day::date as day, n as i, true as s from range({SPACES + DOMAINS}) as spaces(n),"
        f" range(3) as lines(k), range(date '{period}-01', least(date '{period}-01' + interval 1 month,"
        f" date '{AS_OF}'), interval 1 day) as days(day) where n < {SPACES} or k = 2"
    )
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        target = str(data / "export-00001.snappy.parquet").replace("'", "''")
        query = f"select {', '.join(parts)} from ({rows})".replace("{period}", period)
        con.execute(f"copy ({query}) to '{target}' (format parquet)")
    uri = f"s3://bucket/export/data/{month}/export-00001.snappy.parquet"
    manifest.write_text(json.dumps({"executionId": f"{period}-1", "dataFiles": [uri]}))


def _account(n: int) -> str:
    return str(300_000_000_000 + n % DOMAINS % ACCOUNTS)


def _arn(n: int, kind: str) -> str:
    name = f"/space-{n}" if kind == "space" else ""
    return f"arn:aws:sagemaker:{REGION}:{_account(n)}:{kind}/d-bench{n % DOMAINS:02}{name}"


def _logs() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Log files: one a day and account, and one of the day before the first bill, with every space made."""
    first = date(AS_OF.year - MONTHS // 12, AS_OF.month, 1)
    for account in range(ACCOUNTS):
        spaces = [n for n in range(SPACES) if n % DOMAINS % ACCOUNTS == account]
        yield _key(first, account), [_made(n, first) for n in spaces]
        for back in range(TRAIL_DAYS, 0, -1):
            day = AS_OF - timedelta(days=back)
            yield _key(day, account), [each for n in spaces for each in _worked(n, day)]


def _key(day: date, account: int) -> str:
    name = 300_000_000_000 + account
    mark = hashlib.sha256(f"{account} {day}".encode()).hexdigest()[:16]
    return (
        f"AWSLogs/{name}/CloudTrail/{REGION}/{day:%Y/%m/%d}/"
        f"{name}_CloudTrail_{REGION}_{day:%Y%m%d}T2355Z_{mark}.json.gz"
    )


def _made(n: int, day: date) -> dict[str, Any]:
    kind = "Private" if n % 10 == 9 else "Shared"
    asked = {
        "domainId": f"d-bench{n % DOMAINS:02}",
        "spaceName": f"space-{n}",
        "ownershipSettings": {"ownerUserProfileName": f"person-{n}-0"},
        "spaceSharingSettings": {"sharingType": kind},
    }
    return _event(n, 0, datetime(day.year, day.month, day.day, 6), "CreateSpace", asked)


def _worked(n: int, day: date) -> Iterator[dict[str, Any]]:
    """One space in ten rests, one in five has a single person; few work at weekends."""
    chance = int(hashlib.sha256(f"{n} {day}".encode()).hexdigest()[:8], 16)
    if n % 10 == 3 or (day.weekday() > 4 and chance % 10):
        return
    space = {"domainId": f"d-bench{n % DOMAINS:02}", "spaceName": f"space-{n}"}
    app = {**space, "appType": "JupyterLab", "appName": "default"}
    start = datetime(day.year, day.month, day.day, 7 + chance % 4, chance % 60)
    for person in range(1 if n % 5 == 4 else 2):
        moment = start + timedelta(minutes=37 * person)
        yield _event(n, person, moment, "CreatePresignedDomainUrl", space)
        yield _event(n, person, moment + timedelta(hours=6), "DescribeSpace", space)
    yield _event(n, 0, start + timedelta(minutes=2), "CreateApp", app)
    yield _event(n, 0, start + timedelta(hours=8), "DeleteApp", app)


def _event(
    n: int, person: int, moment: datetime, name: str, asked: dict[str, Any]
) -> dict[str, Any]:
    account = _account(n)
    return {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser", "accountId": account, "userName": f"person-{n % 300}-{person}",
        },
        "eventTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "sagemaker.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "requestParameters": asked,
        "responseElements": None,
        "eventID": hashlib.sha256(f"{n} {person} {moment} {name}".encode()).hexdigest()[:32],
        "readOnly": name.startswith("Describe"),
        "recipientAccountId": account,
    }  # fmt: skip
