"""Which log files of a trail the published ledger has read, as far as a pull has to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from spaceledger.warehouse.connection import open_published, run

# CloudTrail names a file by the day it delivers it; copies made by replication may lag behind.
RELISTED_DAYS = 3

_FILES = """
    select
        file_id, size, object_key, problem is not null as is_refused,
        case when etag = '' then modified_ns::varchar else etag end as mark,
        regexp_extract(object_key, '^(.*/)?\\d{4}/\\d{2}/\\d{2}/[^/]+$', 1) as folder,
        try_cast(replace(
            regexp_extract(object_key, '(?:^|/)(\\d{4}/\\d{2}/\\d{2})/[^/]+$', 1), '/', '-'
        ) as date) as day
    from raw.trail_files where source = $source
"""
# A stranger's key may name a day to come: it must not hide the days until then.
_FIRST_DAYS = f"""
    with files as ({_FILES})
    select folder, max(day) - $days::integer as first_day from files
    where day <= $today::date + 1 group by folder
"""


@dataclass(frozen=True)
class KnownLogs:
    """Id, size and mark of files read, ids and keys of those set aside, and where listing may begin.

    `first_days` is by the folder that holds a region's years; a folder it lacks is listed whole.
    """

    versions: frozenset[tuple[int, int, str]] = frozenset()
    refused: Mapping[int, str] = field(default_factory=dict)
    first_days: Mapping[str, date] = field(default_factory=dict)


def known_logs(
    ledger: Path,
    source: str,
    *,
    address: str,
    start: date | None,
    today: date,
    since: date | None = None,
    everything: bool = False,
) -> KnownLogs:
    """What is known of a trail: of the last days of each region, or of `everything`.

    With `since`, of all days since then too. Of a trail that has moved to another address, or begins
    earlier than it did, everything: what was not listed then is to be listed now.
    """
    if not ledger.exists():
        return KnownLogs()
    with open_published(ledger) as con:
        if not run(con, "select 1 from duckdb_tables() where table_name = 'trail_files'"):
            return KnownLogs()
        everything = everything or not _is_listed_as(con, source, address, start)
        given: dict[str, object] = {"source": source}
        days: dict[str, date] = {}
        where = ""
        if not everything:
            found = run(con, _FIRST_DAYS, {**given, "today": today, "days": RELISTED_DAYS})
            days = {folder: min(day, since or day) for folder, day in found}
            where = (
                " where day is null or day >= coalesce("
                "(select first_day from firsts where firsts.folder = files.folder), day)"
            )
        rows = run(
            con,
            f"with files as ({_FILES}), firsts as (select unnest($folders::varchar[]) as folder,"
            " unnest($days::date[]) as first_day)"
            f" select file_id, size, mark, object_key, is_refused from files{where}",
            {**given, "folders": list(days), "days": list(days.values())},
        )
    return KnownLogs(
        versions=frozenset((row[0], row[1], row[2]) for row in rows),
        refused={row[0]: row[3] for row in rows if row[4]},
        first_days=dict(days),
    )


def _is_listed_as(
    con: duckdb.DuckDBPyConnection, source: str, address: str, start: date | None
) -> bool:
    """Whether the last build listed this trail there, from that day on or earlier."""
    if not run(
        con,
        "select 1 from duckdb_columns() where table_name = 'trails' and column_name = 'address'",
    ):
        return False
    rows = run(
        con,
        "select start_at::date from raw.trails where source = ? and address = ?",
        [source, address],
    )
    if not rows:
        return False
    before: date | None = rows[0][0]
    return before is None or (start is not None and start >= before)
