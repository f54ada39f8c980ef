"""A budget as `spaceledger.toml` states it. What it means in numbers is in `sql/core/budget_period.sql`."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from spaceledger.arn import DomainArn, SpaceArn

_MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
_LONGEST_CUSTOM = 1827  # days: as far as a forecast goes


class Table(BaseModel):
    """A table of the configuration: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _space_arn(text: str) -> str:
    parsed = SpaceArn.parse(text)
    if parsed is None:
        raise ValueError(
            "is not a space ARN; it looks like arn:aws:sagemaker:REGION:ACCOUNT:space/d-ID/NAME"
        )
    return str(parsed)


def _space_scope(text: str) -> str:
    return text if text == "*" else _space_arn(text)


def _domain_arn(text: str) -> str:
    parsed = DomainArn.parse(text)
    if parsed is None:
        raise ValueError(
            "is not a domain ARN; it looks like arn:aws:sagemaker:REGION:ACCOUNT:domain/d-ID"
        )
    return str(parsed)


WarnAt = Annotated[Decimal, Field(gt=0, lt=1000, decimal_places=4)]
BudgetDay = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]


class Budget(Table):
    """One budget of a space, a domain, or each space without its own (`space = "*"`).

    `start` and `end` are the first and the last day it may begin a period on; a `custom` one runs
    from its start through its end.
    """

    name: str = Field(min_length=1, max_length=120)
    space: Annotated[str, AfterValidator(_space_scope)] | None = None
    domain: Annotated[str, AfterValidator(_domain_arn)] | None = None
    amount: Decimal = Field(ge=0, lt=Decimal(10) ** 13, decimal_places=12)
    period: Literal["monthly", "quarterly", "annual", "custom"] = "monthly"
    plan: Literal["even", "weekdays"] = "even"
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    warn_at: tuple[WarnAt, ...] = Field(default=(Decimal("0.8"), Decimal("1.0")), min_length=1)
    start: BudgetDay | None = None
    end: BudgetDay | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.space is None) == (self.domain is None):
            raise ValueError("needs either space or domain")
        if self.period == "custom" and (self.start is None or self.end is None):
            raise ValueError('period = "custom" needs start and end')
        if self.start and self.end and self.end < self.start:
            raise ValueError("has an end before its start")
        if self.period == "custom" and self.days > _LONGEST_CUSTOM:
            raise ValueError("is longer than five years")
        if self.first_day > self.last_day:
            raise ValueError(
                f"holds for no {self.period} period: none begins from {self.start} through {self.end}"
            )
        return self

    @property
    def days(self) -> int:
        """Days from its start through its end, where both are given."""
        return (self.end - self.start).days + 1 if self.start and self.end else 0

    @property
    def first_day(self) -> date:
        """The first day of its first period."""
        start = self.start or date.min
        if self.period == "custom":
            return start
        began = _period_of(start, _MONTHS[self.period])[0]
        return start if began == start else _period_of(start, _MONTHS[self.period])[1]

    @property
    def last_day(self) -> date:
        """The last day of its last period: that which its end lies in."""
        if self.end is None or self.period == "custom":
            return self.end or date.max
        return _period_of(self.end, _MONTHS[self.period])[1] - timedelta(days=1)


def _period_of(day: date, months: int) -> tuple[date, date]:
    """The first day of the period of so many months that a day lies in, and of the one after."""
    first = day.year * 12 + (day.month - 1) // months * months
    return _month(first), _month(first + months)


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def overlap(one: Budget, other: Budget) -> bool:
    """Whether the dates, or the periods, of two budgets share a day; a missing start or end is open.

    A period that begins through the end of one runs on to its own end.
    """
    dates = [(budget.start or date.min, budget.end or date.max) for budget in (one, other)]
    periods = [(budget.first_day, budget.last_day) for budget in (one, other)]
    return any(a[0] <= b[1] and b[0] <= a[1] for a, b in (dates, periods))
