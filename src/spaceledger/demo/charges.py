"""The company's charges, day by day, before any format: exact decimals of at most ten places."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from spaceledger.demo.scenario import App, Domain, Endpoint, Job, Scenario

_PLACES = Decimal("0.0000000001")
_USAGE_TYPES = {"training": "Train", "processing": "Processing", "transform": "Tsform"}
_KINDS = {"training": "training-job", "processing": "processing-job", "transform": "transform-job"}
SAGEMAKER = ("AmazonSageMaker", "Amazon SageMaker")
Tags = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of the bill. Costs are USD; `net_cost` is after the negotiated discount."""

    day: date
    account: str
    region: str
    product: str
    service: str
    type: str
    usage_type: str = ""
    operation: str = ""
    resource: str = ""
    instance: str = ""
    amount: Decimal = Decimal(0)
    unit: str = ""
    cost: Decimal = Decimal(0)
    net_cost: Decimal = Decimal(0)
    description: str = ""
    tags: Tags = ()
    plan_arn: str = ""
    plan_cost: Decimal | None = None  # what covered usage costs under the plan
    committed: Decimal | None = None  # a recurring fee's commitment of the day
    used: Decimal | None = None  # and how much of it usage used
    may_be_covered: bool = field(default=False, compare=False)

    @property
    def period(self) -> str:
        """The billing period, `2026-09`."""
        return f"{self.day:%Y-%m}"


def exact(amount: Decimal) -> Decimal:
    """An amount as a bill prints it: ten decimals."""
    return amount.quantize(_PLACES, ROUND_HALF_EVEN)


def all_charges(scenario: Scenario) -> list[Charge]:
    """Every line of the bill, in order of day."""
    charges: list[Charge] = []
    for day in days(scenario):
        usage = [*_sagemaker(scenario, day), *_others(scenario, day)]
        covered = list(_cover(scenario, day, usage))
        discounted = [_discounted(scenario, charge) for charge in covered]
        charges += [*discounted, *_discount_lines(discounted)]
    charges += _monthly(scenario, charges)
    return sorted(charges, key=lambda charge: charge.day)


def days(scenario: Scenario) -> Iterator[date]:
    """All days of the bill."""
    day = scenario.company.first_day
    while day <= scenario.company.last_day:
        yield day
        day += timedelta(days=1)


def hours_of(item: App | Job, name: str, day: date, first_day: date) -> Decimal:
    """Hours of a day: the weekday's pattern, grown by month, and up to a fifth more or less."""
    pattern = item.hours[day.weekday()]
    if not item.is_there(day) or not pattern:
        return Decimal(0)
    if item.steady:
        return pattern
    grown = pattern * item.growth ** _months(first_day, day)
    spread = Decimal(int(hashlib.sha256(f"{name} {day}".encode()).hexdigest()[:8], 16) % 41 - 20)
    return min(Decimal(24), (grown * (1 + spread / 100)).quantize(Decimal("0.01")))


def _months(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def app_arn(scenario: Scenario, app: App) -> str:
    """An app's ARN; SageMaker writes names in lower case there."""
    domain, space = scenario.domain(app.space), scenario.space(app.space)
    return domain.arn("app", domain.id, space.name.lower(), app.type, "default")


def job_arn(domain: Domain, job: Job, day: date) -> str:
    """A job's ARN; each day has its own job."""
    return domain.arn(_KINDS[job.kind], f"{job.name}-{day:%Y%m%d}")


def space_tags(scenario: Scenario, key: str) -> Tags:
    """What SageMaker puts on resources made in a space; in a private one, its owner as well."""
    domain, space = scenario.domain(key), scenario.space(key)
    tags = (
        ("sagemaker:domain-arn", domain.domain_arn),
        ("sagemaker:space-arn", scenario.space_arn(key)),
    )
    if space.private_to:
        return (*tags, ("sagemaker:user-profile-arn", domain.profile_arn(space.private_to)))
    return tags


def job_tags(scenario: Scenario, job: Job) -> Tags:
    """The tags of a job: those of its space, its person or its domain."""
    if job.by:
        return space_tags(scenario, job.by)
    domain = scenario.domain(job.person or job.domain or "")
    tags: Tags = (("sagemaker:domain-arn", domain.domain_arn),)
    if job.person:
        profile = domain.profile_arn(job.person.split("/")[1])
        tags = (*tags, ("sagemaker:user-profile-arn", profile))
    return tags


def _sagemaker(scenario: Scenario, day: date) -> Iterator[Charge]:
    first = scenario.company.first_day
    for app in scenario.apps:
        domain, space = scenario.domain(app.space), scenario.space(app.space)
        hours = hours_of(app, app.space, day, first) if space.is_there(day) else Decimal(0)
        if hours:
            tags = () if day <= app.untagged_until else space_tags(scenario, app.space)
            yield _hours(domain, day, f"Studio:{app.type}-{app.instance}", app_arn(scenario, app),
                         hours, app, tags)  # fmt: skip
    for space in scenario.spaces:
        if space.is_there(day):
            domain = scenario.domain(space.key)
            arn = scenario.space_arn(space.key).lower()
            yield _storage(domain, day, "Studio:VolumeUsage.gp3", arn, space.storage_gb,
                           Decimal("0.112"), space_tags(scenario, space.key))  # fmt: skip
    for job in scenario.jobs:
        domain = scenario.domain(job.by or job.person or job.domain or "")
        if hours := hours_of(job, job.name, day, first):
            usage_type = f"{_USAGE_TYPES[job.kind]}:{job.instance}"
            yield _hours(domain, day, usage_type, job_arn(domain, job, day), hours, job,
                         job_tags(scenario, job))  # fmt: skip
    for endpoint in scenario.endpoints:
        domain = scenario.domain(endpoint.by)
        is_tagged = not endpoint.never_tagged and day >= endpoint.tagged_since
        if endpoint.is_there(day):
            tags = space_tags(scenario, endpoint.by) if is_tagged else ()
            yield _hours(domain, day, f"Host:{endpoint.instance}", domain.arn("endpoint", endpoint.name),
                         Decimal(24), endpoint, tags)  # fmt: skip
    for domain in scenario.domains:
        yield _home(domain, day)


def _hours(
    domain: Domain, day: date, usage_type: str, resource: str, hours: Decimal,
    item: App | Job | Endpoint, tags: Tags,
) -> Charge:  # fmt: skip
    return Charge(
        day, domain.account, domain.region, *SAGEMAKER, "Usage",
        usage_type=domain.prefix + usage_type, operation="RunInstance", resource=resource,
        instance=item.instance, amount=hours, unit="Hrs", cost=exact(hours * item.price),
        description=f"${item.price} per {usage_type} hour in {domain.region}", tags=tags,
        may_be_covered=getattr(item, "savings_plan", False),
    )  # fmt: skip


def _storage(
    domain: Domain,
    day: date,
    usage_type: str,
    resource: str,
    gb: Decimal,
    price: Decimal,
    tags: Tags,
) -> Charge:
    share = exact(gb / calendar.monthrange(day.year, day.month)[1])
    return Charge(
        day, domain.account, domain.region, *SAGEMAKER, "Usage", usage_type=domain.prefix + usage_type,
        operation="CreateVolume-Gp3", resource=resource, amount=share, unit="GB-Mo",
        cost=exact(share * price), description=f"${price} per GB-month of space storage", tags=tags,
    )  # fmt: skip


def _home(domain: Domain, day: date) -> Charge:
    tags = (("ManagedByAmazonSageMakerResource", domain.domain_arn),)
    mark = hashlib.sha256(domain.id.encode()).hexdigest()[:17]
    resource = f"arn:aws:elasticfilesystem:{domain.region}:{domain.account}:file-system/fs-{mark}"
    line = _storage(
        domain, day, "TimedStorage-ByteHrs", resource, domain.home_gb, domain.home_price, tags
    )
    return replace(line, product="AmazonEFS", service="Amazon Elastic File System", operation="",
                   description=f"${domain.home_price} per GB-month of home file system")  # fmt: skip


def _others(scenario: Scenario, day: date) -> Iterator[Charge]:
    for other in scenario.others:
        grown = other.amount * other.growth ** _months(scenario.company.first_day, day)
        amount = exact(grown if other.unit != "GB-Mo" else grown / 30)
        yield Charge(
            day, other.account, other.region, other.product, other.service, "Usage",
            usage_type=other.usage_type, operation=other.operation, amount=amount, unit=other.unit,
            cost=exact(amount * other.price), description=f"${other.price} per {other.unit}",
        )  # fmt: skip


def _cover(scenario: Scenario, day: date, usage: Iterable[Charge]) -> Iterator[Charge]:
    """Spends the day's commitment on usage in order; a line it covers in part becomes two."""
    plan = scenario.savings_plan
    committed = plan.hourly_commitment * 24
    left = committed
    for charge in usage:
        price = charge.cost / charge.amount * plan.rate if charge.may_be_covered else Decimal(0)
        if not price or not left:
            yield charge
            continue
        hours = min(charge.amount, (left / price).quantize(Decimal("0.01"), "ROUND_DOWN"))
        plan_cost = exact(hours * price)
        cost = exact(charge.cost / charge.amount * hours)
        left -= plan_cost
        yield replace(charge, type="SavingsPlanCoveredUsage", amount=hours, cost=cost,
                      plan_arn=plan.arn, plan_cost=plan_cost)  # fmt: skip
        yield replace(charge, type="SavingsPlanNegation", amount=hours, cost=-cost, resource="",
                      tags=(), plan_arn=plan.arn)  # fmt: skip
        if hours < charge.amount:
            yield replace(charge, amount=charge.amount - hours, cost=charge.cost - cost)
    yield Charge(
        day, scenario.company.payer, "", "MachineLearningSavingsPlans",
        "Savings Plans for AWS Machine Learning", "SavingsPlanRecurringFee",
        usage_type="MachineLearningSP:1yrNoUpfront", amount=Decimal(24), unit="Hrs", cost=committed,
        description="1 year No Upfront Machine Learning Savings Plan", plan_arn=plan.arn,
        committed=committed, used=committed - left,
    )  # fmt: skip


def _discounted(scenario: Scenario, charge: Charge) -> Charge:
    share = 1 - scenario.company.discount if charge.type == "Usage" else Decimal(1)
    return replace(charge, net_cost=exact(charge.cost * share))


def _discount_lines(charges: Iterable[Charge]) -> Iterator[Charge]:
    """The discount as lines of its own, by account and service; net, it is in the usage already."""
    discounts: dict[tuple[date, str, str, str, str], Decimal] = {}
    for charge in charges:
        key = (charge.day, charge.account, charge.region, charge.product, charge.service)
        discounts[key] = discounts.get(key, Decimal(0)) + charge.net_cost - charge.cost
    for key, amount in discounts.items():
        if amount:
            yield Charge(*key, "EdpDiscount", cost=amount, description="Negotiated discount")


def _monthly(scenario: Scenario, charges: list[Charge]) -> Iterator[Charge]:
    company = scenario.company
    for period in sorted({charge.period for charge in charges}):
        year, month = map(int, period.split("-"))
        for fact in scenario.monthly:
            day = date(year, month, fact.day)
            if day <= company.last_day and period in (fact.months or (period,)):
                yield Charge(
                    day, fact.account, "", fact.product, fact.service, fact.type, cost=fact.amount,
                    net_cost=fact.amount, description=fact.description,
                )  # fmt: skip
        for account in company.tax_accounts:
            taxed = sum((c.net_cost for c in charges if c.period == period and c.account == account
                         and not c.type.startswith("SavingsPlan")), Decimal(0))  # fmt: skip
            tax = exact(taxed * company.tax)
            yield Charge(date(year, month, 1), account, "", *SAGEMAKER, "Tax", cost=tax, net_cost=tax,
                         description="US sales tax")  # fmt: skip
