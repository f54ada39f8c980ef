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
from spaceledger.errors import ConfigError
from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import NOW, Ledger
from tests.exports import focus_row, focus_schema, parquet, write_data_export
from tests.independent.budgets import EACH, MEASURES, Audit, Budget, Standing, charges_of
from tests.independent.lines import billing_period
from tests.independent.random_budgets import PERIODS, random_budgets, random_rows, toml
from tests.independent.readers import Line, read_bill

SEEDS = {measure: 20260901 + number for number, measure in enumerate(MEASURES)}
# The first is a whole run, of a day after every date in the bills; then the same ledger is asked about
# days before any data, first and last days of months, days within, and days far in the future.
AS_OF = {
    "effective_cost": ("2027-11-30", "2026-09-30", "2026-06-15", "2026-08-01", "2026-08-17"),
    "amortized_cost": ("2027-01-01", "2026-08-31"),
    "billed_cost": ("2027-02-28", "2026-07-31"),
    "list_cost": ("2026-12-31", "2026-07-01"),
}
STATUS = (
    "budget_name, scope_arn, period_start, period_end, spent, remaining, breach_date, planned, status,"
    " amount, billing_currency, data_through, is_current, as_of, cost_metric, plan, period, burn_ratio, elapsed_ratio"
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
    burn_ratio: float | None
    elapsed_ratio: float


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
        budgets = random_budgets(random, 30)
        ledger.configure(configuration(budgets, metric))
        files = sorted(ledger.bill.rglob("*.csv.gz"))
        return Story(ledger, budgets, list(read_bill(files)), metric)

    return make


def of_row(row: Row, audit: Audit) -> Standing:
    """The independent figures of a row: of the only budget of that name which has such a period."""
    [budget] = [
        budget
        for budget in audit.budgets
        if budget.is_period(row.period_start)
        and row.budget_name.lower() == name_for(budget, row.scope_arn)
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
            checks = pipeline.check(ledger.settings)
            assert [one.name for one in checks if one.failures and one.severity == "fail"] == []
        assert differences(ledger, story.audit(as_of), metric) == [], f"{metric}, as of {day}"


def test_they_do_so_after_other_budgets_another_measure_and_another_delivery(
    tell: Callable[[str], Story],
) -> None:
    story, random, as_of = tell("effective_cost"), Random(1), date(2026, 12, 31)
    ledger = story.ledger
    ledger.run(as_of=as_of)
    budgets, metric = random_budgets(random, 12), "billed_cost"
    ledger.configure(configuration(budgets, metric))
    assert ledger.run(as_of=as_of).exit_code == 0
    audit = Audit(charges_of(story.lines, metric), budgets, as_of)
    assert differences(ledger, audit, metric) == []

    again = write_cur(ledger.bill, "2026-08", random_rows(random, "2026-08", 50), assembly="again")
    outcome = ledger.run(as_of=as_of)
    assert outcome.built
    assert outcome.built.periods == {"2026-08": "delivery"}
    kept = [line for line in story.lines if billing_period(line) != "2026-08"]
    lines = [*kept, *read_bill([again])]
    audit = Audit(charges_of(lines, metric), budgets, as_of)
    assert differences(ledger, audit, metric) == []


def differences(ledger: Ledger, audit: Audit, metric: str) -> list[tuple]:
    ask = asking(ledger)
    return [
        *status_differences(ask, audit, metric),
        *burn_differences(ask, audit),
        *outside_differences(ask, audit),
        *oddities(ask),
    ]


def build(ledger: Ledger, as_of: date) -> None:
    """The marts of a day, without pages."""
    if not (ledger.home / ".work").exists():
        pipeline.load(ledger.settings, now=NOW)
    pipeline.build(ledger.settings, as_of=as_of, now=NOW)


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
            " or period_end < data_through - 31 and status <> 'unknown_scope' and forecast <> spent"
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
            "elapsed_ratio": len(plan) / len(own.plan),
            "burn_ratio": float(own.spent) / float(own.budget.amount)
            if own.budget.amount
            else None,
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
        said = vars(row) | {
            "breached": (row.status == "breached", own.reached_on and row.breach_date)
        }
        found += [
            (row.budget_name, row.scope_arn, row.period_start, key, said[key], value)
            for key, value in expected.items()
            if said[key] != value
        ]
        if (row.status in {"no_data", "unknown_scope"}) != (own.charge_count == 0):
            found.append((row.budget_name, row.scope_arn, row.period_start, "status", row.status))
    shown = {(row.budget_name.lower(), row.scope_arn, row.period_start) for row in rows}
    assert len(shown) == len(rows)
    # All that count a charge, and the period of the day of each that names its space or domain.
    wanted = {
        (name_for(own.budget, own.scope), own.scope, own.first) for own in audit.with_charges()
    } | {
        (budget.name, budget.space or budget.domain, span[0])
        for budget in audit.budgets
        if budget.space != EACH and (span := budget.period_around(audit.as_of))
    }
    return found + [(*key, "is missing") for key in sorted(wanted - shown)]


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


# one thing at a time

LAB = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/lab"
NEVER_SEEN = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/nobody-knows"


def daily(period: str, days: int, cost: str = "10", **more: str) -> list[dict[str, str]]:
    return [
        {"space": SPACE, "cost": cost, "day": f"{period}-{n:02d}", **more}
        for n in range(1, days + 1)
    ]


def test_each_status_has_its_place(ledger: Ledger) -> None:
    lines = [*daily("2026-09", 20), {"space": OTHER_SPACE, "cost": "7", "currency": "EUR"}]
    write_cur(ledger.bill, "2026-08", [{"space": LAB, "cost": "3"}])
    write_cur(ledger.bill, "2026-09", lines)
    budgets = [
        Budget("unseen", Decimal(5), space=NEVER_SEEN),
        Budget("unseen and nothing", Decimal(0), space=NEVER_SEEN),
        Budget("quiet", Decimal(5), space=LAB),
        Budget("nothing allowed, nothing there", Decimal(0), space=LAB),
        Budget("spent to the last cent", Decimal(200), space=SPACE),
        Budget("nothing allowed", Decimal(0), space=SPACE),
        Budget("will break", Decimal(210), space=SPACE),
        Budget("warned", Decimal(300), space=SPACE, period="custom",
               start=date(2026, 9, 1), end=date(2026, 9, 24)),
        Budget("plenty", Decimal(9000), space=SPACE),
        Budget("in euro", Decimal(5), space=OTHER_SPACE, currency="EUR"),
        Budget("later", Decimal(5), space=SPACE, start=date(2027, 1, 1)),
    ]  # fmt: skip
    ledger.configure(
        configuration(budgets).replace('name = "warned"', 'name = "warned"\nwarn_at = [0.5]')
    )
    assert ledger.run(as_of=date(2026, 9, 20)).exit_code == 0
    rows = {row.budget_name: row for row in status_of(asking(ledger)) if row.is_current}
    assert {name: row.status for name, row in rows.items()} == {
        "unseen": "unknown_scope",
        "unseen and nothing": "unknown_scope",
        "quiet": "no_data",
        "nothing allowed, nothing there": "no_data",
        "spent to the last cent": "breached",
        "nothing allowed": "breached",
        "will break": "breach_forecast",
        "warned": "watch",
        "plenty": "ok",
        "in euro": "breached",
    }
    assert rows["spent to the last cent"].breach_date == date(2026, 9, 20)
    assert rows["nothing allowed"].breach_date == date(2026, 9, 1)
    assert rows["spent to the last cent"].remaining == 0
    assert ledger.query(
        "select burn_ratio, elapsed_ratio from marts.budget_status"
        " where budget_name = 'nothing allowed' and is_current"
    ) == [(None, 20 / 30)]
    assert oddities(asking(ledger)) == []


def test_an_export_of_focus_is_counted_alike(ledger: Ledger) -> None:
    kinds: list[dict[str, str]] = [
        {"type": "Usage", "cost": "10.25", "effective": "8.125", "list": "12.5"},
        {"type": "Usage", "cost": "0", "effective": "3", "commitment": "Unused"},
        {"type": "Usage", "cost": "0", "effective": "2.75", "commitment": "Used", "list": "4"},
        {"type": "Tax", "cost": "1.5"},
        {"type": "Credit", "cost": "-4"},
        {"type": "Purchase", "cost": "7", "effective": "0"},
        {"type": "Adjustment", "cost": "-0.5"},
    ]
    lines = [
        {"id": f"{day}-{number}", "day": f"2026-09-{day:02d}", "space": SPACE, **kind}
        for day in (1, 2, 17)
        for number, kind in enumerate(kinds)
    ]
    rows = [focus_row("2026-09", line, "1.2") for line in lines]
    body = parquet(focus_schema("1.2"), rows)
    data = write_data_export(ledger.bill, "2026-09", {"f-00001.snappy.parquet": body})
    budgets = [Budget("fraud", Decimal(20), space=SPACE)]
    ledger.configure(configuration(budgets))
    as_of = date(2026, 9, 20)
    assert ledger.run(as_of=as_of).exit_code == 0
    audit = Audit(charges_of(read_bill([data]), "effective_cost"), budgets, as_of)
    assert differences(ledger, audit, "effective_cost") == []
    assert [row.spent for row in status_of(asking(ledger))] == [Decimal("31.125")]


def test_a_charge_in_another_currency_is_a_problem_and_no_failure(ledger: Ledger) -> None:
    lines = [*daily("2026-09", 3), {"space": SPACE, "cost": "7", "currency": "EUR"}]
    write_cur(ledger.bill, "2026-09", lines)
    ledger.configure(configuration([Budget("fraud", Decimal(100), space=SPACE)]))
    assert ledger.run(as_of=date(2026, 9, 20)).exit_code == 0
    [(source, location, severity, detail)] = ledger.query(
        "select source, location, severity, detail from marts.ingest_problems"
    )
    assert (source, severity) == ("acme", "warning")
    assert "fraud" in location
    assert "7" in detail
    assert "EUR" in detail
    assert [row.spent for row in status_of(asking(ledger)) if row.is_current] == [30]


def test_a_monthly_export_is_spent_without_a_forecast(ledger: Ledger) -> None:
    month = {"day": "2026-09-01", "lineItem/UsageEndDate": "2026-10-01T00:00:00Z"}
    write_cur(ledger.bill, "2026-09", [{"space": SPACE, "cost": "40.5", **month}])
    ledger.configure(configuration([Budget("fraud", Decimal(100), space=SPACE)]))
    assert ledger.run(as_of=date(2026, 9, 20)).exit_code == 0
    assert ledger.query(
        "select spent, forecast, forecast_low, forecast_high, breach_probability, status"
        " from marts.budget_status"
    ) == [(Decimal("40.5"), None, None, None, None, "ok")]
    assert ledger.query("select severity, problem from marts.ingest_problems") == [
        ("notice", "monthly_export")
    ]


def test_a_report_of_a_past_day_equals_the_one_made_on_that_day(ledger: Ledger) -> None:
    for period in ("2026-08", "2026-09"):
        lines = [*daily(period, 28, "10.000000000001"), *daily(period, 9, "-3", type="Refund")]
        write_cur(ledger.bill, period, lines)
    budgets = [
        Budget("each", Decimal(150), space=EACH, plan="weekdays"),
        Budget("domain", Decimal(400), domain=DOMAIN, period="quarterly"),
    ]
    ledger.configure(configuration(budgets))
    then, today = date(2026, 9, 12), date(2026, 10, 3)

    def report() -> list[list[tuple]]:
        ask = asking(ledger)
        return [
            ask(
                f"select {STATUS}, burn_ratio, elapsed_ratio from marts.budget_status order by all"
            ),
            ask("from marts.budget_burn_daily order by all"),
            ask("from marts.spend_without_budget order by all"),
        ]

    build(ledger, then)
    made_then = report()
    build(ledger, today)
    assert report() != made_then
    build(ledger, then)
    assert report() == made_then


# what once was wrong


def test_a_charge_dated_after_its_month_counts_on_the_months_last_day(ledger: Ledger) -> None:
    refund = {"space": SPACE, "cost": "-3", "type": "Refund", "day": "2026-10-02"}
    write_cur(ledger.bill, "2026-09", [*daily("2026-09", 30), refund])
    ledger.configure(configuration([Budget("fraud", Decimal(900), space=SPACE)]))
    assert ledger.run(as_of=date(2026, 9, 30)).exit_code == 0
    assert [row.spent for row in status_of(asking(ledger))] == [297]


def test_a_month_and_a_quarter_of_one_space_are_judged_in_a_quarters_first_month(
    ledger: Ledger,
) -> None:
    for period, days in (("2026-07", 31), ("2026-08", 31), ("2026-09", 30), ("2026-10", 5)):
        write_cur(ledger.bill, period, daily(period, days))
    budgets = [
        Budget(period, Decimal(900), space=SPACE, period=period)
        for period in ("monthly", "quarterly")
    ]
    ledger.configure(configuration(budgets))
    assert ledger.run(as_of=date(2026, 10, 6)).exit_code == 0


def test_a_day_without_a_list_price_has_pages(ledger: Ledger) -> None:
    priced = daily("2026-09", 1) + daily("2026-09", 2)[1:]
    priced[0]["pricing/publicOnDemandCost"] = "6"
    write_cur(ledger.bill, "2026-09", priced)
    ledger.configure(configuration([Budget("fraud", Decimal(900), space=SPACE)], "list_cost"))
    assert ledger.run(as_of=date(2026, 9, 30)).exit_code == 0


def test_a_dear_job_now_and_then_and_nearly_nothing_else_is_published(ledger: Ledger) -> None:
    # Four days of every nine, from 1 June 2026 on.
    start, dear = date(2026, 6, 1), {1, 3, 5, 8}
    for period, last in (("2026-06", 30), ("2026-07", 31)):
        lines = daily(period, last, "0.000001")
        for line in lines:
            if (date.fromisoformat(line["day"]) - start).days % 9 in dear:
                line["cost"] = "5000"
        write_cur(ledger.bill, period, lines)
    assert ledger.run(as_of=date(2026, 7, 31)).exit_code == 0


def test_a_space_has_its_own_budget_through_the_end_of_its_last_period(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-08", daily("2026-08", 5))
    own = Budget("own", Decimal(900), space=SPACE, period="quarterly", end=date(2026, 7, 19))
    ledger.configure(configuration([own, Budget("each", Decimal(5), space=EACH)]))
    build(ledger, date(2026, 8, 20))
    assert {row.budget_name for row in status_of(asking(ledger))} == {"own"}


def test_a_space_whose_own_budget_has_not_begun_has_the_common_one(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-08", daily("2026-08", 5))
    own = Budget("own", Decimal(900), space=SPACE, period="annual", start=date(2026, 2, 1))
    ledger.configure(configuration([own, Budget("each", Decimal(5), space=EACH)]))
    build(ledger, date(2026, 8, 20))
    assert asking(ledger)("select spent from marts.spend_without_budget") == []


def test_an_amount_keeps_all_its_decimals(ledger: Ledger) -> None:
    write_cur(ledger.bill, "2026-08", daily("2026-08", 5))
    budget = Budget("fraud", Decimal("1234567.123456789012"), space=SPACE)
    ledger.configure(configuration([budget]).replace(f'"{budget.amount}"', f"{budget.amount}"))
    build(ledger, date(2026, 8, 20))
    assert {row.amount for row in status_of(asking(ledger))} == {budget.amount}


def test_a_name_that_looks_like_one_of_a_space_is_refused(ledger: Ledger) -> None:
    named = Budget("each: fraud (d-abc)", Decimal(900), domain=DOMAIN)
    ledger.configure(configuration([named, Budget("each", Decimal(5), space=EACH)]))
    with pytest.raises(ConfigError, match="looks like one of a space"):
        ledger.run(as_of=date(2026, 8, 20))
