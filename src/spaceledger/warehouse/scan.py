"""Reads one delivered file as chunks DuckDB can query, with only the columns the ledger knows.

A Parquet file is one chunk, scanned in place. CSV is decompressed by isal and parsed by pyarrow in a
thread of its own while DuckDB works on the chunk before; measured faster than DuckDB's own reader.
"""

from __future__ import annotations

import csv
import glob
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from isal import igzip_threaded, isal_zlib

from spaceledger.ahead import ahead
from spaceledger.errors import DeliveryError

_BLOCK_BYTES = 1 << 21
_CHUNK_ROWS = 100_000
# As many as `sql/macros/money.sql` keeps.
_MONEY_DECIMALS = 12
_QUOTE = ord('"')


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A delivered file on this machine, and its address for people."""

    path: Path
    address: str


@dataclass(frozen=True, slots=True)
class Header:
    """A file's columns in order: name and kind as `_kind` calls it."""

    columns: tuple[tuple[str, str], ...]
    is_parquet: bool
    row_count: int | None  # the Parquet footer's count; None where only reading can tell
    exact_types: str = ""  # of a Parquet file: files are read together only where these agree


def normalise(name: str) -> str:
    """A column name by AWS's rules for Parquet and CUR 2.0 (CUR user guide, cur-ate-run).

    An underscore before every upper-case letter, lower case, other characters to underscores,
    duplicates and ends removed: `lineItem/UsageType` and `line_item_usage_type` become one.
    """
    spaced = re.sub(r"([A-Z])", r"_\1", name)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def read_header(path: Path, where: str) -> Header:
    """The columns of a CSV or Parquet file. Raises DeliveryError where it is neither."""
    if path.suffix.lower() == ".parquet":
        return _parquet_header(path, where)
    with _faults(where), _open_csv(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        # the parser skips blank lines too
        names = next((row for row in csv.reader(text) if row), [])
    return Header(tuple((name, "text") for name in names), is_parquet=False, row_count=None)


def _parquet_header(path: Path, where: str) -> Header:
    try:
        meta = pq.read_metadata(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise DeliveryError(
            "not_parquet",
            f"is not a whole Parquet file ({error})",
            where=where,
            todo="fetch it again, or wait for AWS's next delivery",
        ) from None
    schema = meta.schema.to_arrow_schema()
    columns = tuple((field.name, _kind(field.type)) for field in schema)
    types = schema.remove_metadata().to_string()
    return Header(columns, is_parquet=True, row_count=meta.num_rows, exact_types=types)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return "text"
    if pa.types.is_floating(kind):
        return "double"
    if pa.types.is_decimal(kind):
        return "fine decimal" if kind.scale > _MONEY_DECIMALS else "decimal"
    if pa.types.is_integer(kind):
        return "decimal"
    if pa.types.is_timestamp(kind):
        return "zoned" if kind.tz else "time"
    return "map" if pa.types.is_map(kind) else "other"


def parquet_relation(*paths: Path) -> str:
    """SQL that scans exactly these files, whatever glob characters or quotes their names hold."""
    names = ("'" + glob.escape(str(path)).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{', '.join(names)}])"


@contextmanager
def _open_csv(path: Path) -> Iterator[IO[bytes]]:
    name = path.name.lower()
    if name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) != 1:
                raise zipfile.BadZipFile(f"holds {len(members)} files, not one")
            try:
                file = archive.open(members[0])
            except RuntimeError as error:  # encrypted, or packed in a way Python does not know
                raise zipfile.BadZipFile(str(error)) from error
            with file:
                yield file
    elif name.endswith(".gz"):
        # decompresses in a thread of its own, ahead of the parser
        with igzip_threaded.open(path, "rb", threads=1, block_size=_BLOCK_BYTES) as file:  # type: ignore[no-untyped-call]
            yield file
    else:
        with path.open("rb") as file:
            yield file


@contextmanager
def _faults(where: str) -> Iterator[None]:
    """Turns what readers raise on broken files into one held-back delivery."""
    again = "fetch it again, or wait for AWS's next delivery"
    try:
        yield
    except (EOFError, zlib.error, isal_zlib.IsalError, zipfile.BadZipFile) as error:  # type: ignore[misc]
        what = f"the compressed file is broken or cut off ({error})"
        raise DeliveryError("broken_file", what, where=where, todo=again) from None
    except pa.ArrowInvalid as error:
        what = f"a row cannot be read ({str(error)[:200]})"
        raise DeliveryError("bad_row", what, where=where, todo=again) from None
    except UnicodeDecodeError as error:
        raise DeliveryError(
            "bad_text", f"is not UTF-8 ({error})", where=where, todo=again
        ) from None
    except (csv.Error, OSError) as error:
        what = f"cannot be read ({error})"
        raise DeliveryError("unreadable_file", what, where=where, todo=again) from None


def csv_chunks(files: Iterable[LocalFile], columns: Iterable[str]) -> Iterator[pa.Table]:
    """Tables of at least 100,000 rows of text columns, the last of a file aside; files follow each other.

    A fault of a file is a DeliveryError.
    """
    names = list(columns)

    def produce(put: Callable[[pa.Table], bool]) -> None:
        for delivered in files:
            with _faults(delivered.address), _open_csv(delivered.path) as opened:
                if not _put_chunks(_Quotes(opened), names, put):
                    return

    return ahead(produce)


def _put_chunks(file: _Quotes, columns: list[str], put: Callable[[pa.Table], bool]) -> bool:
    """Hands over the chunks of one file. Returns whether somebody still wants more."""
    pending: list[pa.RecordBatch] = []
    rows = 0
    for batch in _reader(file, columns):
        pending.append(batch)
        rows += batch.num_rows
        if rows >= _CHUNK_ROWS:
            if not put(pa.Table.from_batches(pending)):
                return False
            pending, rows = [], 0
    if file.count % 2:
        raise csv.Error("a quote is opened and never closed")
    return not pending or put(pa.Table.from_batches(pending))


class _Quotes:
    """A stream that counts its quotes as it is read.

    pyarrow takes all that follows an unclosed quote for one value and says nothing: rows would vanish
    from what is kept and from what is summed alike. In CSV (RFC 4180) their number is even.
    """

    closed = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.count += int(np.count_nonzero(np.frombuffer(block, np.uint8) == _QUOTE))
        return block

    def close(self) -> None:
        """The file is closed by who opened it."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def writable(self) -> bool:
        return False


def _reader(file: _Quotes, columns: list[str]) -> pa_csv.CSVStreamingReader:
    return pa_csv.open_csv(
        file,
        read_options=pa_csv.ReadOptions(block_size=_BLOCK_BYTES),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            include_columns=columns,
            column_types=dict.fromkeys(columns, pa.string()),
            strings_can_be_null=False,
        ),
    )
