"""Which log files are known: what SQL notes of them is what a listing is held against, in sixteen bytes each."""

from __future__ import annotations

import tracemalloc
from datetime import date
from pathlib import Path

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.warehouse.known_logs import _DIGEST, KnownLogs, KnownVersions, known_logs

BIG = st.integers(-(2**63), 2**63 - 1)
VERSIONS = st.lists(st.tuples(BIG, st.integers(0, 2**62), st.text(max_size=40)), max_size=30)


def ledger(path: Path, *, count: int = 0) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(path))
    con.sql("create schema raw")
    con.sql("create table raw.trails (source varchar, start_at timestamp, address varchar)")
    con.sql("insert into raw.trails values ('trail', null, 's3://logs/')")
    con.sql(f"""
        create table raw.trail_files as
        select
            'trail' as source, (hash(i) >> 1)::bigint as file_id,
            'us-east-1/2026/11/2' || i % 10 || '/' || i as object_key,
            i as size, 0::bigint as modified_ns, md5(i::varchar) as etag, null::varchar as problem
        from range({count}) t(i)
    """)
    return con


def known(path: Path, *, everything: bool) -> KnownLogs:
    return known_logs(
        path,
        "trail",
        address="s3://logs/",
        start=None,
        today=date(2026, 11, 29),
        everything=everything,
    )


@given(noted=VERSIONS, others=VERSIONS)
def test_a_version_is_lacking_if_and_only_if_it_was_not_noted(noted, others):
    con = duckdb.connect()
    con.sql("create table files (file_id bigint, size bigint, mark varchar)")
    if noted:
        con.executemany("insert into files values (?, ?, ?)", noted)
    digests = con.sql(f"select {_DIGEST} from files").to_arrow_table().column(0)
    versions = KnownVersions(digests.combine_chunks())
    asked = [*others, *noted]
    assert len(versions) == len(noted)
    assert versions.lack(asked) == [one not in set(noted) for one in asked]


def test_nothing_known_lacks_everything_and_nothing_asked_lacks_nothing():
    assert KnownVersions().lack([(1, 2, "a")]) == [True]
    assert KnownVersions().lack([]) == []


def test_of_a_remote_trail_the_last_days_are_known_and_of_a_local_one_all(tmp_path: Path):
    path = tmp_path / "ledger.duckdb"
    ledger(path, count=1_000).close()
    assert len(known(path, everything=True).versions) == 1_000
    lately = known(path, everything=False)
    assert lately.first_days == {"us-east-1/": date(2026, 11, 26)}
    assert len(lately.versions) == 400


def test_a_hundred_thousand_known_files_take_sixteen_bytes_each(tmp_path: Path):
    path = tmp_path / "ledger.duckdb"
    ledger(path, count=100_000).close()
    known(path, everything=True)
    tracemalloc.start()
    try:
        found = known(path, everything=True)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(found.versions) == 100_000
    assert held < 100_000 * 16 * 1.2
