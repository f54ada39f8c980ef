"""Arrow rows that statements planned once read again and again."""

from __future__ import annotations

import pyarrow as pa


class Current:
    """The rows at hand: to DuckDB one relation, whose rows change from statement to statement.

    Registered anew, every chunk would be held until the transaction ends and each statement planned
    once more.
    """

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows

    def __arrow_c_schema__(self) -> object:
        return self.rows.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.rows.__arrow_c_stream__(requested_schema)
