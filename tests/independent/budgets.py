"""What budgets must say, worked out line by line from raw bills and the words of the design.

Rules: design section 2 ("Budgets"). Whose a charge is, is told by its tags alone: give it bills whose
lines have no resource and no call that says more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext
from functools import cached_property, lru_cache
from itertools import accumulate

from tests.independent.costs import amortized_cost, billed_cost, effective_cost, list_cost
from tests.independent.lines import (
    TWELVE_DECIMALS,
    ZERO,
    billing_period,
    charge_type,
    currency,
    in_scope,
    is_focus,
    space_of,
    tag_values,
    usage_date,
)
from tests.independent.readers import DOMAIN, USER_PROFILE, Line

EACH = "*"
DAY = timedelta(days=1)
MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
MEASURES = {
    "effective_cost": effective_cost,
    "amortized_cost": amortized_cost,
    "billed_cost": billed_cost,
    "list_cost": list_cost,
}
# Never of a budget: tax, credits, and commitment that nobody used.
NEVER_COUNTED = frozenset({"Tax", "Credit", "SavingsPlanRecurringFee", "RIFee"})


# charges


@dataclass(frozen=True)
class Charge:
    """One line a budget may count: its day within its billing period, whose it is, what it costs."""

    day: date
    domain: str | None
    space: str | None
    currency: str
    cost: Decimal


def charges_of(lines: Iterable[Line], measure: str) -> list[Charge]:
    """The lines of a bill that budgets may count, in this measure."""
    cost = MEASURES[measure]
    return [
        Charge(day_of(line), domain_of(line), space_of(line), currency(line), cost(line))
        for line in lines
        if in_scope(line) and is_counted(line)
    ]


def is_counted(line: Line) -> bool:
    """Whether budgets count charges of this kind at all."""
    if is_focus(line):
        unused = line.get("commitment_discount_status") == "Unused"
        return line.get("charge_category") not in {"Tax", "Credit"} and not unused
    return charge_type(line) not in NEVER_COUNTED


def day_of(line: Line) -> date:
    """The day the usage began; one outside the billing period is the nearest day within."""
    first = date.fromisoformat(f"{billing_period(line)}-01")
    last = months_later(first, 1) - DAY
    return min(max(date.fromisoformat(usage_date(line)), first), last)


def domain_of(line: Line) -> str | None:
    """The domain of the space, or of the user profile, or the one its tag names."""
    space = space_of(line)
    for arn in (space, *tag_values(line, USER_PROFILE), *tag_values(line, DOMAIN)):
        if arn:
            return domain_in(arn)
    return None


def domain_in(arn: str) -> str:
    """The domain that the ARN of a space, a user profile or a domain names."""
    head, _, tail = arn.lower().rpartition(":")
    return f"{head}:domain/{tail.split('/')[1]}"


# budgets and their periods


@dataclass(frozen=True)
class Budget:
    """A table of the configuration; `end` is the last day a period may begin on, `custom` ends on it."""

    name: str
    amount: Decimal
    space: str | None = None
    domain: str | None = None
    period: str = "monthly"
    plan: str = "even"
    currency: str = "USD"
    start: date | None = None
    end: date | None = None

    def is_period(self, first: date) -> bool:
        """Whether one of its periods begins on this day."""
        if self.period == "custom":
            return first == self.start
        if first.day != 1 or (first.month - 1) % MONTHS[self.period]:
            return False
        return (self.start or date.min) <= first <= (self.end or date.max)

    def last_day(self, first: date) -> date:
        """The last day of the period that begins on this one."""
        if self.period == "custom":
            assert self.end
            return self.end
        return months_later(first, MONTHS[self.period]) - DAY

    def period_around(self, day: date) -> tuple[date, date] | None:
        """First and last day of its period that this day is in, if it has one there."""
        first = self.start if self.period == "custom" else _calendar_start(self.period, day)
        if first and self.is_period(first) and first <= day <= self.last_day(first):
            return first, self.last_day(first)
        return None


def _calendar_start(period: str, day: date) -> date:
    return day.replace(month=day.month - (day.month - 1) % MONTHS[period], day=1)


def months_later(first: date, count: int) -> date:
    """The first of a month, so many months on."""
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first through the last."""
    return (first + DAY * number for number in range((last - first).days + 1))


@lru_cache(maxsize=10_000)
def planned_through(amount: Decimal, plan: str, first: date, last: date) -> dict[date, Decimal]:
    """What may be spent through each day of a period: day by day, or working day by working day."""
    every = list(days(first, last))
    steps = [int(plan == "even" or day.weekday() < 5) for day in every]
    if not any(steps):
        steps = [1] * len(every)  # no working day in it: day by day
    with localcontext(prec=80):
        return {
            day: (amount * count / sum(steps)).quantize(TWELVE_DECIMALS, ROUND_FLOOR)
            for day, count in zip(every, accumulate(steps), strict=True)
        }


# figures


@dataclass(frozen=True)
class Standing:
    """Where a budget stands in one of its periods, for one scope."""

    budget: Budget
    scope: str
    first: date
    last: date
    as_of: date
    by_day: dict[date, Decimal]
    charge_count: int

    @property
    def spent(self) -> Decimal:
        """All that counts through the day of the report."""
        return sum(self.by_day.values(), ZERO)

    @property
    def remaining(self) -> Decimal:
        """What is left; below zero when overspent."""
        return self.budget.amount - self.spent

    @property
    def reached_on(self) -> date | None:
        """The first day on which the amount was reached, while it is reached still."""
        if self.spent < self.budget.amount:
            return None
        reached = (day for day, spent in self.burn.items() if spent >= self.budget.amount)
        return next(reached, None)

    @cached_property
    def burn(self) -> dict[date, Decimal]:
        """What was spent through each day, up to the day of the report."""
        every = list(days(self.first, min(self.last, self.as_of)))
        return dict(
            zip(every, accumulate(self.by_day.get(day, ZERO) for day in every), strict=True)
        )

    @property
    def plan(self) -> dict[date, Decimal]:
        """What may be spent through each day of the period."""
        return planned_through(self.budget.amount, self.budget.plan, self.first, self.last)


@dataclass(frozen=True)
class Audit:
    """All budgets on one day."""

    charges: list[Charge]
    budgets: list[Budget]
    as_of: date

    @cached_property
    def seen(self) -> list[Charge]:
        """Charges through the day of the report."""
        return [charge for charge in self.charges if charge.day <= self.as_of]

    def has_own(self, space: str, day: date) -> bool:
        """Whether a budget that names this space holds on this day."""
        return any(b.space == space and b.period_around(day) for b in self.budgets)

    def counting(self, charge: Charge) -> Iterator[tuple[Budget, str, date]]:
        """The budgets that count this charge, for which scope and from which first day."""
        for budget in self.budgets:
            span = budget.period_around(charge.day)
            if not span or budget.currency != charge.currency:
                continue
            if budget.domain is not None and budget.domain == charge.domain:
                yield budget, budget.domain, span[0]
            elif budget.space == EACH and charge.space:
                if not self.has_own(charge.space, span[0]):
                    yield budget, charge.space, span[0]
            elif budget.space is not None and budget.space == charge.space:
                yield budget, budget.space, span[0]

    @cached_property
    def _counted(self) -> dict[tuple[Budget, str, date], list[Charge]]:
        found: dict[tuple[Budget, str, date], list[Charge]] = {}
        for charge in self.seen:
            for key in self.counting(charge):
                found.setdefault(key, []).append(charge)
        return found

    def standing(self, budget: Budget, scope: str, first: date) -> Standing:
        """Where a budget stands in the period that begins on this day."""
        counted = self._counted.get((budget, scope, first), [])
        by_day: dict[date, Decimal] = {}
        for charge in counted:
            by_day[charge.day] = by_day.get(charge.day, ZERO) + charge.cost
        return Standing(
            budget, scope, first, budget.last_day(first), self.as_of, by_day, len(counted)
        )

    def with_charges(self) -> list[Standing]:
        """Every budget, scope and period that counts at least one charge."""
        return [self.standing(*key) for key in self._counted]

    def without_budget(self) -> dict[tuple[str, str | None, str | None, str], Decimal]:
        """What no budget counts, by month, domain, space and currency."""
        found: dict[tuple[str, str | None, str | None, str], Decimal] = {}
        for charge in self.seen:
            if next(self.counting(charge), None) is None:
                key = (f"{charge.day:%Y-%m}", charge.domain, charge.space, charge.currency)
                found[key] = found.get(key, ZERO) + charge.cost
        return found
