"""Finds the value DuckDB refused, for people: its file, column and row. Files are read again for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb
import numpy as np
import pyarrow as pa

from spaceledger.errors import DeliveryError
from spaceledger.warehouse.connection import run
from spaceledger.warehouse.scan import (
    Header,
    LocalFile,
    csv_chunks,
    parquet_relation,
    read_header,
)
from spaceledger.warehouse.spellings import Projection, project, raw_table_of


def bad_value(
    con: duckdb.DuckDBPyConnection, files: Iterable[LocalFile], error: duckdb.Error, location: str
) -> DeliveryError:
    """What holds a delivery back: DuckDB's words, and where the value is, if it can be found."""
    text = " ".join(str(error).split("\nLINE", maxsplit=1)[0].split())
    where, which = _find(con, files, str(error)) or (location, "a value")
    return DeliveryError(
        "bad_value",
        f"{which} cannot be read: {text[:200]}",
        where=where,
        todo="wait for AWS's next delivery, or correct the file",
    )


def _find(
    con: duckdb.DuckDBPyConnection, files: Iterable[LocalFile], message: str
) -> tuple[str, str] | None:
    """The first value that cannot be converted and that the message shows."""
    for file in files:
        header = read_header(file.path, file.address) if file.path.stat().st_size else None
        if not header or not header.columns:
            continue
        projection = project(raw_table_of(header, file.address), header, file.address)
        for relation, number in _pieces(con, file, header, projection):
            for name, value, is_unreadable in projection.doubts:
                row = run(
                    con,
                    f"select min({number}) from {relation} where {is_unreadable}"
                    f" and contains(?, left({value}::varchar, 60))",
                    [message],
                )[0][0]
                if row is not None:
                    return file.address, f"column {name} in row {row}"
    return None


def _pieces(
    con: duckdb.DuckDBPyConnection, file: LocalFile, header: Header, projection: Projection
) -> Iterator[tuple[str, str]]:
    """Relations that together hold a file's rows, and SQL of a row's number, counted from 1."""
    if header.is_parquet:
        yield parquet_relation(file.path), "file_row_number + 1"
        return
    before = 0
    for chunk in csv_chunks([file], projection.used):
        numbers = pa.array(np.arange(before, before + chunk.num_rows) + 1)
        con.register("doubted", chunk.append_column("line_number", numbers))
        yield "doubted", "line_number"
        before += chunk.num_rows
        con.unregister("doubted")
