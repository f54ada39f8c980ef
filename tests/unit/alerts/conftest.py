"""The tables alerts come in, and one home that tells run after run."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from spaceledger.alerts import Told, tell
from tests.receiver import Hook

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
