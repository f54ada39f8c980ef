"""All that readers are shown of a ledger, apart from when and from where it was made."""

from __future__ import annotations

from tests.conftest import Ledger

# When and where: these differ between a folder and a bucket.
_ABOUT_THE_RUN = {
    "marts.ingest_problems",
    "marts.restatements",
    "marts.alerts",
    "marts.alert_movers",
}
_COLUMNS = {"delivered_at", "loaded_at", "built_at", "build_id", "location"}


def figures(ledger: Ledger) -> dict[str, list[tuple]]:
    """The rows of every mart."""
    found = {}
    tables = ledger.query(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name = 'marts'"
    )
    for (table,) in tables:
        if table in _ABOUT_THE_RUN:
            continue
        columns = [row[0] for row in ledger.query(f"select column_name from (describe {table})")]
        kept = ", ".join(f'"{name}"' for name in columns if name not in _COLUMNS)
        found[table] = ledger.query(f"select {kept} from {table} order by all")
    return found
