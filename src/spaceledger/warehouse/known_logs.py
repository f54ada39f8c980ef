"""Which log files of a trail the published ledger has read, as far as a pull has to know."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

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


class KnownVersions:
    """Id, size and mark of files, kept as sixteen bytes each: a trail may have many millions."""

    def __init__(self, digests: pa.Array | None = None) -> None:
        if digests is None or not len(digests):
            self._digests: npt.NDArray[np.bytes_] = np.empty(0, "S16")
            return
        fixed = digests.cast(pa.binary(16))
        values = fixed.buffers()[1]
        found = np.frombuffer(values, "S16", count=len(fixed), offset=fixed.offset * 16)
        self._digests = np.sort(found)

    def __len__(self) -> int:
        return len(self._digests)

    def lack(self, versions: Sequence[tuple[int, int, str]]) -> list[bool]:
        """Of each version whether it is not among these; many at once are quicker than one by one."""
        if not len(self):
            return [True] * len(versions)
        asked = np.array([_digest(*version) for version in versions], "S16")
        places = np.minimum(np.searchsorted(self._digests, asked), len(self) - 1)
        return list(self._digests[places] != asked)


def _digest(file_id: int, size: int, mark: str) -> bytes:
    """What _DIGEST makes in SQL."""
    text = f"{file_id}|{size}|{mark}".encode()
    return hashlib.md5(text, usedforsecurity=False).digest()


_DIGEST = "unhex(md5(file_id || '|' || size || '|' || mark))"


@dataclass(frozen=True)
class KnownLogs:
    """Versions of files read, ids and keys of those set aside, and where listing may begin.

    `marks` are those of looked-up days by id. `first_days` is by the folder that holds a region's years; a
    folder it lacks is listed whole.
    """

    versions: KnownVersions = field(default_factory=KnownVersions)
    marks: Mapping[int, str] = field(default_factory=dict)
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
    with_marks: bool = False,
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
        given |= {"folders": list(days), "days": list(days.values())}
        files = (
            f"with files as ({_FILES}), firsts as (select unnest($folders::varchar[]) as folder,"
            f" unnest($days::date[]) as first_day), known as (select * from files{where})"
        )
        digests = con.sql(f"{files} select {_DIGEST} from known", params=given).to_arrow_table()
        refused = run(con, f"{files} select file_id, object_key from known where is_refused", given)
        marks = run(con, f"{files} select file_id, mark from known", given) if with_marks else []
    return KnownLogs(
        versions=KnownVersions(digests.column(0).combine_chunks()),
        marks=dict(marks),
        refused=dict(refused),
        first_days=days,
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
