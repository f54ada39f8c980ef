"""Random bills and random budgets on them, as rows of tests/bills.py and values of budgets.py."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.independent.budgets import EACH, Budget, days

PERIODS = ("2026-07", "2026-08", "2026-09")
HEAD = "arn:aws:sagemaker:us-east-1:012345678901"
DOMAINS = (f"{HEAD}:domain/d-abc", f"{HEAD}:domain/d-xyz")
# Two spaces of one name, one whose bill spells it in capitals, one without a budget of its own ever.
SPACES = tuple(
    f"{HEAD}:space/{name}"
    for name in ("d-abc/fraud", "d-abc/churn", "d-abc/lab", "d-xyz/fraud", "d-xyz/pricing")
)
SPELLED = {SPACES[1]: f"{HEAD}:space/d-abc/Churn", SPACES[4]: f"{HEAD}:space/d-xyz/PRICING"}
PROFILES = tuple(f"{HEAD}:user-profile/{name}" for name in ("d-abc/ana", "d-xyz/kim"))
NEVER_SEEN = f"{HEAD}:space/d-abc/nobody-knows"

NET, LISTED = "lineItem/NetUnblendedCost", "pricing/publicOnDemandCost"
PLAN_COST, RESERVED_COST = "savingsPlan/SavingsPlanEffectiveCost", "reservation/EffectiveCost"
TOTAL, USED = "savingsPlan/TotalCommitmentToDate", "savingsPlan/UsedCommitment"
UNUSED_FEE = "reservation/UnusedRecurringFee"
ODD_TYPES = (
    "Tax", "Credit", "Refund", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee", "RIFee", "Fee",
    "EdpDiscount", "SavingsPlanNegation", "SomethingNew",
)  # fmt: skip

Row = dict[str, str]


def random_rows(random: Random, period: str, count: int) -> list[Row]:
    """A month of a bill: most lines are usage of spaces, the rest is everything else a bill may hold."""
    rows = [_row(random, period) for _ in range(count)]
    # Far below a cent, on days that cost something else as well.
    rows += [row | {"cost": f"{random.randrange(1, 9999)}E-12"} for row in random.sample(rows, 20)]
    return rows


def _row(random: Random, period: str) -> Row:
    kind = random.choices(
        ("Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", *ODD_TYPES), (55, 6, 6, *[2] * 10)
    )[0]
    row = {
        "type": kind,
        "day": _moment(random, period),
        "currency": random.choices(("USD", "EUR"), (85, 15))[0],
        "product": random.choices(("AmazonSageMaker", "AmazonEC2"), (85, 15))[0],
        "cost": _money(random, kind),
        **_tags(random),
    }
    if random.random() < 0.3:
        row[NET] = _money(random, kind)
    row[LISTED] = _money(random, "Usage") if random.random() < 0.7 else "0"
    row |= {PLAN_COST: "", RESERVED_COST: "", TOTAL: "", USED: "", UNUSED_FEE: ""}
    if kind == "SavingsPlanCoveredUsage":
        row[PLAN_COST] = _money(random, kind)
    elif kind == "DiscountedUsage":
        row[RESERVED_COST] = _money(random, kind)
    elif kind == "SavingsPlanRecurringFee":
        row |= {TOTAL: "9", USED: "4.25"}
    elif kind == "RIFee":
        row[UNUSED_FEE] = "3.5"
    return row


def _moment(random: Random, period: str) -> str:
    first = date.fromisoformat(f"{period}-01")
    day = first + timedelta(days=random.randrange(28))
    if random.random() < 0.15:
        day = first + timedelta(days=random.choice((-40, -1, 0, 29, 30, 31, 35, 90)))
    return f"{day}T{random.choice(('00:00:00', '07:00:00', '23:59:59'))}Z"


def _money(random: Random, kind: str) -> str:
    """From a cent to thousands, with up to twelve decimals."""
    digits = random.choice((2, 10, 12))
    most = random.choice((10, 300, 5000))
    value = Decimal(random.randrange(10 ** (digits - 2), most * 10**digits)).scaleb(-digits)
    return f"{-value if kind in {'Credit', 'Refund', 'EdpDiscount'} else value:f}"


def _tags(random: Random) -> Row:
    space, at = random.choice(SPACES), random.random()
    if at < 0.6:
        tags = {"space": SPELLED.get(space, space) if random.random() < 0.5 else space}
        # The domain is the space's, whether its own tag is there or not.
        return tags | ({"domain": _domain_of(space)} if random.random() < 0.5 else {})
    if at < 0.7:
        profile = random.choice(PROFILES)
        return {"profile": profile} | ({"domain": _domain_of(profile)} if at < 0.65 else {})
    return {"domain": random.choice(DOMAINS)} if at < 0.85 else {}


def _domain_of(arn: str) -> str:
    return DOMAINS[0] if "/d-abc/" in arn else DOMAINS[1]


# budgets


def random_budgets(random: Random, count: int) -> list[Budget]:
    """So many names, some of which change their amount once or twice."""
    found: list[Budget] = []
    for number in range(count):
        found += _changes(random, _budget(random, f"budget {number}"))
    return found


def _budget(random: Random, name: str) -> Budget:
    at = random.random()
    space = (
        None if at < 0.3 else random.choices((EACH, *SPACES[:4], NEVER_SEEN), (4, *[3] * 4, 1))[0]
    )
    budget = Budget(
        name,
        _amount(random),
        space=space,
        domain=random.choice(DOMAINS) if space is None else None,
        period=random.choices(("monthly", "quarterly", "annual", "custom"), (5, 3, 2, 4))[0],
        plan=random.choice(("even", "weekdays")),
        currency=random.choices(("USD", "EUR"), (4, 1))[0],
    )
    if budget.period == "custom":
        start = date(2026, 6, 20) + timedelta(days=random.randrange(100))
        return replace(budget, start=start, end=start + timedelta(days=random.randrange(7, 90)))
    start = random.choice((None, None, date(2026, 7, 1), _day(random), date(2025, 1, 1)))
    end = random.choice((None, _day(random)))
    return replace(budget, start=start, end=end)


def _amount(random: Random) -> Decimal:
    if random.random() < 0.1:
        return Decimal(0)
    return Decimal(random.randrange(1, 10 ** random.choice((3, 9, 16)))).scaleb(
        -12
    ) + random.choice((0, 0, 700, 9000))


def _day(random: Random) -> date:
    return date(2026, 6, 15) + timedelta(days=random.randrange(120))


def _changes(random: Random, budget: Budget) -> list[Budget]:
    """The budget, or the same with another amount from the day after some day on; each with a period."""
    found = [budget]
    if budget.period != "custom" and random.random() < 0.4:
        day = _day(random)
        if (budget.start or date.min) <= day < (budget.end or date.max):
            after = replace(budget, amount=_amount(random), start=day + timedelta(days=1))
            found = [replace(budget, end=day), after]
    return [one for one in found if _has_period(one)]


def _has_period(budget: Budget) -> bool:
    first, last = budget.start or date(2020, 1, 1), budget.end or date(2030, 1, 1)
    return any(budget.is_period(day) for day in days(first, last))


def toml(budget: Budget) -> str:
    """The table of the configuration that says it; an amount in quotes keeps all its digits."""
    lines = ["[[budgets]]", f'name = "{budget.name}"', f'amount = "{budget.amount:f}"']
    lines += [f'{key} = "{getattr(budget, key)}"' for key in ("period", "plan", "currency")]
    lines += [
        f'{key} = "{SPELLED.get(arn, arn)}"'
        for key in ("space", "domain")
        if (arn := getattr(budget, key)) is not None
    ]
    lines += [f"{key} = {day}" for key in ("start", "end") if (day := getattr(budget, key))]
    return "\n".join(lines) + "\n"
