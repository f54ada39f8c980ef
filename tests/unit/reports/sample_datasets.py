"""The datasets of a small report, most of them without rows: enough to write every page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa

from spaceledger.reports import Dataset
from spaceledger.warehouse.panels import panel_queries

HOSTILE = ('</script><img src=x onerror="alert(1)">', "javascript:alert(1)", "a\u202eb", '" onload="x', "{{ 7 * 7 }}")  # fmt: skip
BUILD = {
    "build_id": "build-1", "built_at": datetime(2026, 11, 24, 6), "as_of": date(2026, 11, 24),
    "cost_metric": "effective_cost", "show_spaces": "shared", "data_through": date(2026, 11, 22),
    "first_day": date(2026, 6, 1), "shown_from": date(2026, 8, 23), "shown_to": date(2026, 11, 24),
    "daily_from": date(2026, 8, 1), "is_folded": False, "complete_through": date(2026, 11, 20),
}  # fmt: skip


def of_space(number: int, title: str) -> dict[str, Any]:
    return {
        "space_arn": f"arn:{number}",
        "title": title,
        "page": f"space-{number}",
        "space_name": title,
    }


def datasets(titles: tuple[str, ...] = HOSTILE, **rows: list[dict[str, Any]]) -> list[Dataset]:
    """Every dataset of `sql/panels/`; `rows` gives some of them rows."""
    spaces = [of_space(number, title) for number, title in enumerate(titles)]
    notice = {"what": HOSTILE[0], "todo": HOSTILE[3]}
    status = {"billing_period": "2026-11", "period_status": "open"}
    given: dict[str, list[dict[str, Any]]] = {
        "build": [BUILD], "spaces": spaces, "notices": [notice], "period_statuses": [status],
        "spend_days": [{"billing_period": month, "space_arn": "arn:0"} for month in ("2026-10", "2026-11")],
        "space_days": [{"space_arn": space["space_arn"], "usage_date": "2026-11-01"} for space in spaces],
    } | rows  # fmt: skip
    found = []
    for query in panel_queries():
        columns = pa.schema([(name, pa.string()) for name in query.columns])
        own = given.get(query.name)
        table = pa.Table.from_pylist(own) if own else columns.empty_table()
        found.append(Dataset(query.name, query.shard, table))
    return found
