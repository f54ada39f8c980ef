"""A month's cost by space, team and cost centre as files to charge from, proven to equal the ledger."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Context, Decimal
from pathlib import Path

import pyarrow as pa

from spaceledger.errors import QueryError, SpaceledgerError
from spaceledger.paths import Home
from spaceledger.period import BillingPeriod
from spaceledger.warehouse import reader

# DECIMAL(38,12) holds more digits than Python's default context keeps.
_WIDE = Context(prec=60)
_ZERO = Decimal(0)
# Billed and effective cost of each currency.
Totals = dict[str | None, tuple[Decimal, Decimal]]

_LEDGER_TOTALS = """
    select
        billing_currency, sum(ledger_billed_cost) as billed_cost,
        sum(ledger_effective_cost) as effective_cost, min(period_status) as first_status,
        max(period_status) as last_status
    from marts.bill_reconciliation
    where role = 'ledger' and billing_period = $period
    group by billing_currency
"""
_PERIODS = """
    select distinct billing_period from marts.bill_reconciliation where role = 'ledger' order by all
"""


@dataclass(frozen=True)
class Chargeback:
    """What was written, and the ledger's totals it was found to equal."""

    period: BillingPeriod
    period_status: str
    build_id: str
    row_count: int
    totals: Totals
    files: tuple[Path, ...]

    def lines(self) -> Iterator[str]:
        """What to say of it."""
        for currency, (billed, effective) in sorted(self.totals.items(), key=str):
            yield (f"{self.period}: billed cost {_exact(billed)} {currency}, effective cost"
                   f" {_exact(effective)} {currency}, equal to the ledger's total")  # fmt: skip
        yield f"{self.row_count:,} rows, period status {self.period_status}, build {self.build_id}"
        yield from (f"wrote {path}" for path in self.files)

    @property
    def warning(self) -> str | None:
        """Why the amounts may still change; None where the month is final."""
        if self.period_status == "final":
            return None
        if self.period_status == "unknown":
            why = "this bill's format does not tell whether the month is invoiced"
        else:
            why = "AWS will still change it; charge from it when it is final"
        return f"NOT FINAL: {self.period} is {self.period_status}: {why}"


def write_chargeback(home: Home, period: BillingPeriod, folder: Path) -> Chargeback:
    """Writes `chargeback-2026-09.csv` and `.parquet` from the published ledger, each whole.

    Raises QueryError where the ledger lacks the period, SpaceledgerError where rows and ledger
    differ, or the folder cannot be written.
    """
    # One connection, so that rows and totals are of one build.
    with reader.reading(home) as con:
        values = {"period": str(period)}
        ledger = reader.query_table(con, _LEDGER_TOTALS, values).to_pylist()
        if not ledger:
            periods = reader.query_table(con, _PERIODS, {})["billing_period"].to_pylist()
            raise QueryError(f"{period} is not in the ledger",
                             todo=f"it holds {', '.join(periods) or 'no month'}")  # fmt: skip
        rows = reader.query_table(con, "chargeback", values)
        build_id = str(reader.query_table(con, "select build_id from core.run", {})["build_id"][0])
    expected: Totals = {
        row["billing_currency"]: (row["billed_cost"], row["effective_cost"]) for row in ledger
    }
    _prove(rows, expected, period)
    statuses = {row[name] for row in ledger for name in ("first_status", "last_status")}
    status = str(statuses.pop()) if len(statuses) == 1 else "mixed"
    files = _write(rows, folder, f"chargeback-{period}", {"build_id": build_id, **values})
    return Chargeback(period, status, build_id, rows.num_rows, expected, files)


def _prove(rows: pa.Table, expected: Totals, period: BillingPeriod) -> None:
    found: Totals = {}
    for row in rows.to_pylist():
        billed, effective = found.get(row["billing_currency"], (_ZERO, _ZERO))
        found[row["billing_currency"]] = (
            _WIDE.add(billed, row["billed_cost"]),
            _WIDE.add(effective, row["effective_cost"]),
        )
    for currency in sorted({*found, *expected}, key=str):
        ours = found.get(currency, (_ZERO, _ZERO))
        theirs = expected.get(currency, (_ZERO, _ZERO))
        if ours != theirs:
            raise SpaceledgerError(
                f"the rows add up to {_both(ours)} {currency} billed and effective,"
                f" the ledger of {period} to {_both(theirs)}; nothing was written",
                where="chargeback",
                todo="run `spaceledger check`",
            )


def _write(rows: pa.Table, folder: Path, name: str, footer: dict[str, str]) -> tuple[Path, ...]:
    csv, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    fresh = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in (csv, parquet)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        reader.write_csv(rows, fresh[csv])
        reader.write_parquet(rows.replace_schema_metadata(footer), fresh[parquet])
        for path in fresh.values():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        for path, whole in fresh.items():
            whole.replace(path)
    except OSError as error:
        raise SpaceledgerError(
            f"the chargeback cannot be written ({error.strerror or error})",
            where=str(folder),
            todo="name a folder you may write to with --out",
        ) from error
    finally:
        for path in fresh.values():
            with suppress(OSError):
                path.unlink()
    return csv, parquet


def _both(amounts: tuple[Decimal, Decimal]) -> str:
    return " and ".join(_exact(amount) for amount in amounts)


def _exact(amount: Decimal) -> str:
    """An amount with every decimal that is not a closing zero, and two at least."""
    whole, _, decimals = f"{amount or abs(amount):,f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
