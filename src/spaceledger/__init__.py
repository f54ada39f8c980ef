"""A ledger of what every SageMaker shared space costs.

From a notebook: `spaceledger.open_ledger(home).sql("select * from marts.space_spend_monthly")`.
"""

from typing import Any

__all__ = ["open_ledger"]


def __getattr__(name: str) -> Any:
    """Loads `open_ledger` when it is asked for, so that the values stay free of DuckDB."""
    if name == "open_ledger":
        from spaceledger.warehouse.reader import open_ledger

        return open_ledger
    raise AttributeError(name)
