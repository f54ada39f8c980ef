"""Budgets of real runs, on random bills, equal what an independent reading of the same bills says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

import duckdb
import pytest

from spaceledger import pipeline

from tests.bills import write_cur
from tests.conftest import NOW, Ledger
from tests.independent.budgets import EACH, MEASURES, Audit, Budget, Standing, charges_of
from tests.independent.random_budgets import PERIODS, random_budgets, random_rows, toml
from tests.independent.readers import Line, read_bill

SEEDS = {measure: 20260901 + number for number, measure in enumerate(MEASURES)}
# The first is a whole run, of a day after every date in the bills; then the same ledger is asked about
# days before any data, first and last days of months, days within, and days far in the future.
AS_OF = {
    "effective_cost": ("2027-11-30", "2026-09-30", "2026-06-15", "2026-08-01", "2026-08-17"),
    "amortized_cost": ("2027-01-01", "2026-08-31", "2026-07-01", "2026-10-01"),
    "billed_cost": ("2027-02-28", "2026-09-01", "2026-07-31", "2026-06-30"),
    "list_cost": ("2026-12-31", "2026-09-17", "2026-11-24", "2026-07-18"),
}
# Wrong for charges dated outside their period: see the test of a charge dated after its month.
WRONG_CHECK = "marts.budget_status__spent_adds_up_to_days"
STATUS = (
    "budget_name, scope_arn, period_start, period_end, spent, remaining, breach_date, planned, status,"
    " amount, billing_currency, data_through, is_current, as_of, cost_metric, plan, period"
)


@dataclass(frozen=True)
class Row:
    """A row of marts.budget_status."""

    budget_name: str
    scope_arn: str
    period_start: date
    period_end: date
    spent: Decimal
    remaining: Decimal
    breach_date: date | None
    planned: Decimal
    status: str
    amount: Decimal
    billing_currency: str
    data_through: date | None
    is_current: bool
    as_of: date
    cost_metric: str
    plan: str
    period: str


def status_of(ask: Ask) -> list[Row]:
    return [Row(*row) for row in ask(f"select {STATUS} from marts.budget_status")]


def configuration(budgets: list[Budget], metric: str = "effective_cost") -> str:
    head = f'home = "home"\ncost_metric = "{metric}"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
    return head + "".join(map(toml, budgets))


@dataclass(frozen=True)
class Story:
    """A random bill and its budgets, before the first run."""

    ledger: Ledger
    budgets: list[Budget]
    lines: list[Line]
    metric: str

    def audit(self, as_of: date) -> Audit:
        return Audit(charges_of(self.lines, self.metric), self.budgets, as_of)


@pytest.fixture
def tell(make_ledger: Callable[[str], Ledger]) -> Callable[[str], Story]:
    def make(metric: str) -> Story:
        random = Random(SEEDS[metric])
        ledger = make_ledger(metric)
        for period in PERIODS:
            write_cur(ledger.bill, period, random_rows(random, period, 120))
        budgets = random_budgets(random, 24)
        ledger.configure(configuration(budgets, metric))
        files = sorted(ledger.bill.rglob("*.csv.gz"))
        return Story(ledger, budgets, list(read_bill(files)), metric)

    return make


def of_row(row: Row, audit: Audit) -> Standing:
    """The independent figures of a row: of the only budget of that name which has such a period."""
    [budget] = [
        budget
        for budget in audit.budgets
        if budget.is_period(row.period_start) and row.budget_name.lower() == name_for(budget, row.scope_arn)
    ]
    return audit.standing(budget, row.scope_arn, row.period_start)


def name_for(budget: Budget, scope: str) -> str:
    if budget.space != EACH:
        return budget.name
    domain, space = scope.split("/")[-2:]
    return f"{budget.name}: {space} ({domain})"


@pytest.mark.parametrize("metric", MEASURES)
def test_budgets_equal_the_independent_figures(tell: Callable[[str], Story], metric: str) -> None:
    story = tell(metric)
    for number, day in enumerate(AS_OF[metric]):
        as_of, ledger = date.fromisoformat(day), story.ledger
        if number == 0:
            assert ledger.run(as_of=as_of).exit_code == 0
        else:
            pipeline.build(ledger.settings, as_of=as_of, now=NOW)
            assert {
                check.name
                for check in pipeline.check(ledger.settings)
                if check.failures and check.severity == "fail"
            } <= {WRONG_CHECK}
        audit, say = story.audit(as_of), asking(ledger)
        differences = [
            *status_differences(say, audit, metric),
            *burn_differences(say, audit),
            *outside_differences(say, audit),
        ]
        assert differences == [], f"{metric}, as of {day}: {len(differences)} differences"
        assert oddities(say) == []


Ask = Callable[[str], list[tuple]]


def asking(ledger: Ledger) -> Ask:
    """Asks the build that is not published yet, or else the published one."""
    [path] = [*(ledger.home / ".work").glob("*/ledger.duckdb")] or [ledger.home / "ledger.duckdb"]

    def ask(sql: str) -> list[tuple]:
        with duckdb.connect(str(path.resolve()), read_only=True) as con:
            return con.execute(sql).fetchall()

    return ask


def oddities(ask: Ask) -> list[tuple]:
    """What no budget may say, whatever it counts."""
    return [
        *ask(
            "select budget_name, period_start, spent, forecast_low, forecast, forecast_high"
            " from marts.budget_status where not (forecast_low >= spent and forecast_low <= forecast"
            " and forecast <= forecast_high) or breach_probability not between 0 and 1"
            " or (forecast is null) <> (forecast_low is null)"
            " or (forecast is null) <> (forecast_high is null)"
        ),
        *ask(
            "select burn.budget_name, usage_date, data_through, is_forecast, burn.forecast_low"
            " from marts.budget_burn_daily as burn"
            " join marts.budget_status using (budget_name, period_start)"
            " where status <> 'unknown_scope' and is_forecast <> (usage_date > data_through)"
            " or not is_forecast and burn.forecast_low is not null"
            " or not (burn.forecast_low <= spent_to_date and spent_to_date <= burn.forecast_high)"
        ),
        *ask(
            "select budget_name, count(*) from marts.budget_status where is_current"
            " group by budget_name having count(*) > 1"
        ),
    ]


def status_differences(ask: Ask, audit: Audit, metric: str) -> list[tuple]:
    rows, found = status_of(ask), []
    for row in rows:
        own = of_row(row, audit)
        through = min(audit.as_of, row.data_through or audit.as_of)
        plan = [spent for day, spent in own.plan.items() if day <= through]
        expected = {
            "period_end": own.last,
            "spent": own.spent,
            "remaining": own.remaining,
            "planned": plan[-1] if plan else Decimal(0),
            "amount": own.budget.amount,
            "billing_currency": own.budget.currency,
            "is_current": own.first <= audit.as_of <= own.last,
            "as_of": audit.as_of,
            "cost_metric": metric,
            "plan": own.budget.plan,
            "period": own.budget.period,
        }
        if own.charge_count:
            expected["breached"] = (own.spent >= own.budget.amount, own.reached_on)
        said = vars(row) | {"breached": (row.status == "breached", own.reached_on and row.breach_date)}
        found += [
            (row.budget_name, row.scope_arn, row.period_start, key, said[key], value)
            for key, value in expected.items()
            if said[key] != value
        ]
        if (row.status in {"no_data", "unknown_scope"}) != (own.charge_count == 0):
            found.append((row.budget_name, row.scope_arn, row.period_start, "status", row.status))
    shown = {(row.budget_name.lower(), row.scope_arn, row.period_start) for row in rows}
    assert len(shown) == len(rows)
    missing = {
        (name_for(own.budget, own.scope), own.scope, own.first) for own in audit.with_charges()
    } - shown
    return found + [(*key, "is missing") for key in sorted(missing)]


def burn_differences(ask: Ask, audit: Audit) -> list[tuple]:
    standings = {}
    for row in status_of(ask):
        standings[row.budget_name.lower(), row.period_start] = of_row(row, audit)
    found = []
    burn = ask(
        "select lower(budget_name), period_start, usage_date, spent_to_date, plan_to_date, is_forecast"
        " from marts.budget_burn_daily"
    )
    for name, start, day, spent, plan, is_forecast in burn:
        own = standings[name, start]
        if plan != own.plan[day]:
            found.append((name, start, day, "plan", plan, own.plan[day]))
        if not is_forecast and spent != own.burn[day]:
            found.append((name, start, day, "spent", spent, own.burn[day]))
    shown = {(name, start, day) for name, start, day, *_ in burn}
    assert len(shown) == len(burn)
    every = {(*key, day) for key, own in standings.items() for day in own.plan}
    found += [(*key, "is missing") for key in sorted(every - shown)]
    return found


def outside_differences(ask: Ask, audit: Audit) -> list[tuple]:
    said = {
        tuple(key): spent
        for *key, spent in ask(
            "select billing_period, domain_arn, space_arn, billing_currency, spent"
            " from marts.spend_without_budget"
        )
    }
    own = audit.without_budget()
    return [
        ("without budget", *key, said.get(key), own.get(key))
        for key in sorted(said.keys() | own.keys(), key=str)
        if said.get(key) != own.get(key)
    ]
