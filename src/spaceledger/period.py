"""Billing periods as values: `'2026-09'`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from spaceledger.errors import SpaceledgerError

_PERIOD = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class BillingPeriod:
    """One calendar month of a bill, in UTC."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> BillingPeriod | None:
        """The period of `2026-09`, or None."""
        match = _PERIOD.fullmatch(text)
        return cls.of(int(match[1]), int(match[2])) if match else None

    @classmethod
    def of(cls, year: int, month: int) -> BillingPeriod | None:
        """The period of a year and a month, or None where there is no such month."""
        return cls(year, month) if 1 <= month <= 12 and year >= 2000 else None

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """The first day of the next period."""
        return date(self.year + self.month // 12, self.month % 12 + 1, 1)

    @property
    def previous(self) -> BillingPeriod:
        """The month before."""
        return BillingPeriod(self.year - (self.month == 1), (self.month + 10) % 12 + 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @classmethod
    def asked(cls, text: str) -> BillingPeriod:
        """The period a person asked for. Raises SpaceledgerError where it is none."""
        if period := cls.parse(text):
            return period
        raise SpaceledgerError(f"{text[:40]!r} is no month", todo="it looks like 2026-09")


def months_again(
    first: str | None, last: str | None, today: date
) -> tuple[BillingPeriod, BillingPeriod]:
    """The first and the last month to load once more: those asked for, or the two before today's.

    One alone stands for that month. Raises SpaceledgerError where they are no months, or the wrong
    way round.
    """
    if not (first or last):
        newest = BillingPeriod(today.year, today.month).previous
        return newest.previous, newest
    begin, end = (BillingPeriod.asked(text) for text in (first or last or "", last or first or ""))
    if begin > end:
        raise SpaceledgerError(f"{begin} comes after {end}", todo="give the earlier month first")
    return begin, end
