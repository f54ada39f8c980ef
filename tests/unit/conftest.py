"""Property tests draw the same examples in every run."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import settings

from spaceledger.warehouse.connection import create_macros, run

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that holds the project's macros and nothing else."""
    con = duckdb.connect()
    run(con, "set timezone = 'UTC'")
    create_macros(con)
    yield con
    con.close()
