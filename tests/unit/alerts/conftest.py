"""A receiver on this machine, and the tables alerts come in."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from spaceledger.alerts import Told, tell

MONEY = pa.decimal128(38, 12)
ALERTS = pa.schema(
    [
        ("alert_key", pa.string()), ("kind", pa.string()), ("level", pa.int32()), ("subject", pa.string()),
        ("scope_arn", pa.string()), ("space_name", pa.string()), ("period_start", pa.date32()),
        ("period_end", pa.date32()), ("threshold", MONEY), ("billing_currency", pa.string()),
        ("amount", MONEY), ("spent", MONEY), ("forecast", MONEY), ("forecast_low", MONEY),
        ("forecast_high", MONEY), ("breach_probability", pa.float64()), ("breach_date", pa.date32()),
        ("usage_date", pa.date32()), ("expected_high", MONEY), ("actual", MONEY),
        ("location", pa.string()), ("detail", pa.string()), ("data_through", pa.date32()),
    ]
)  # fmt: skip
MOVERS = pa.schema(
    [
        ("alert_key", pa.string()), ("mover_rank", pa.int64()), ("spend_category", pa.string()),
        ("resource_id", pa.string()), ("cost", MONEY), ("previous_cost", MONEY),
    ]
)  # fmt: skip
NO_MOVERS = MOVERS.empty_table()
PAGES, BUILD = "https://share.example/index.html", "20261024T060000000000Z"

THRESHOLD = {
    "alert_key": "threshold|fraud monthly|2026-10-01|0.8", "kind": "threshold", "level": 1,
    "subject": "fraud monthly", "scope_arn": "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/fraud",
    "space_name": "fraud", "period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31),
    "threshold": Decimal("0.8"), "billing_currency": "USD", "amount": Decimal(9000),
    "spent": Decimal("7382.204"), "forecast": Decimal(10200), "forecast_low": Decimal(9500),
    "forecast_high": Decimal(11000), "breach_probability": 0.83, "breach_date": date(2026, 10, 27),
    "data_through": date(2026, 10, 23),
}  # fmt: skip
DAYS = [datetime(2026, 10, day, 6, tzinfo=UTC) for day in range(24, 32)]


def row(key: str, level: int = 1, **given: Any) -> dict[str, Any]:
    return {"alert_key": key, "kind": "stale", "level": level, "subject": key, **given}


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=ALERTS)


class Hook:
    """What a receiver was sent, and what it answers."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.asked = 0
        self.status = 200
        self.breaks_after: int | None = None
        self.silent = False
        self.released = threading.Event()
        self.address = ""

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.got]

    def answer(self, message: dict[str, Any]) -> int:
        self.asked += 1
        if self.breaks_after is not None and len(self.got) >= self.breaks_after:
            return 500
        if self.status == 200:
            self.got.append(message)
        return self.status


def handler_of(hook: Hook) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = hook.answer(json.loads(body))
            if hook.silent:
                hook.released.wait()
                return
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/login")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def make_hook() -> Iterator[Callable[[], Hook]]:
    """Makes receivers, each at an address of its own with a token in it."""
    servers = []

    def make() -> Hook:
        hook = Hook()
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(hook))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        servers.append((hook, server, thread))
        hook.address = f"json://127.0.0.1:{server.server_port}/T0KEN-{len(servers)}"
        return hook

    yield make
    for hook, server, thread in servers:
        hook.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def hook(make_hook: Callable[[], Hook]) -> Hook:
    return make_hook()


class Teller:
    """One home, run after run, a day apart."""

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "alerts.jsonl"
        self.runs = 0

    def __call__(
        self, alerts: pa.Table, movers: pa.Table = NO_MOVERS, **channels: str | Hook
    ) -> Told:
        self.runs += 1
        held = {
            name: where.address if isinstance(where, Hook) else where
            for name, where in channels.items()
        }
        return tell(
            alerts, movers, held, self.journal, DAYS[self.runs - 1], pages=PAGES, build_id=BUILD
        )

    @property
    def lines(self) -> list[tuple[str, str, int]]:
        rows = [json.loads(line) for line in self.journal.read_text().splitlines()]
        return [(row["channel"], row["alert_key"], row["level"]) for row in rows]


@pytest.fixture
def teller(tmp_path: Path) -> Teller:
    return Teller(tmp_path)
