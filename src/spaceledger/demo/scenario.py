"""The scenario file as frozen values: a company told in facts, from which bill and trail are made."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from spaceledger.errors import ConfigError


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Company(_Fact):
    """Who pays, which days the bill covers, and how its months were delivered."""

    name: str
    payer: str
    first_day: date
    last_day: date
    also_exported: tuple[str, ...]
    delivered_twice: str
    delivered_in_two: str
    discount: Decimal
    tax: Decimal
    tax_accounts: tuple[str, ...]


class SavingsPlan(_Fact):
    """USD committed for each hour, and the plan's price as a share of the on-demand price."""

    arn: str
    hourly_commitment: Decimal
    rate: Decimal


class Domain(_Fact):
    """A Studio domain, its people and its home file system."""

    name: str
    id: str
    account: str
    region: str
    prefix: str
    created: date
    people: tuple[str, ...]
    home_gb: Decimal
    home_price: Decimal

    def arn(self, kind: str, *names: str) -> str:
        """An ARN of a SageMaker resource of this domain's account and region."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:{'/'.join((kind, *names))}"

    @property
    def domain_arn(self) -> str:
        """The domain's own ARN."""
        return self.arn("domain", self.id)

    def profile_arn(self, person: str) -> str:
        """The ARN of a person's user profile."""
        return self.arn("user-profile", self.id, person)


class Lasting(_Fact):
    """Something that runs between two days, a certain number of hours on each weekday."""

    since: date = date.min
    until: date = date.max
    growth: Decimal = Decimal(1)
    steady: bool = False

    def is_there(self, day: date) -> bool:
        """Whether it exists on a day."""
        return self.since <= day <= self.until


class Space(Lasting):
    """A shared space, or a private one with its owner."""

    domain: str
    name: str
    people: tuple[str, ...]
    storage_gb: Decimal
    private_to: str | None = None

    @property
    def key(self) -> str:
        """`domain/space`, as the scenario names it."""
        return f"{self.domain}/{self.name}"


class App(Lasting):
    """An app of a space; its lines carry no tag until `untagged_until`."""

    space: str
    type: str
    instance: str
    price: Decimal
    hours: tuple[Decimal, ...] = Field(min_length=7, max_length=7)
    savings_plan: bool = False
    untagged_until: date = date.min


class Job(Lasting):
    """A job that runs under a new name each day, made by a space, a person or a domain."""

    name: str
    kind: str
    instance: str
    price: Decimal
    hours: tuple[Decimal, ...] = Field(min_length=7, max_length=7)
    by: str | None = None
    person: str | None = None
    domain: str | None = None
    savings_plan: bool = False


class Endpoint(Lasting):
    """An endpoint that always runs; tagged from a day on, or never."""

    name: str
    by: str
    instance: str
    price: Decimal
    domain: str | None = None
    tagged_since: date = date.min
    never_tagged: bool = False


class Other(_Fact):
    """Daily usage of another service."""

    product: str
    service: str
    account: str
    region: str
    usage_type: str
    operation: str
    unit: str
    amount: Decimal
    price: Decimal
    growth: Decimal = Decimal(1)


class Monthly(_Fact):
    """A charge once a month: a fee, a credit or a refund."""

    type: str
    product: str
    service: str
    account: str
    day: int
    amount: Decimal
    description: str
    months: tuple[str, ...] = ()


class Scenario(_Fact):
    """The whole company."""

    company: Company
    savings_plan: SavingsPlan
    domains: tuple[Domain, ...]
    spaces: tuple[Space, ...]
    apps: tuple[App, ...]
    jobs: tuple[Job, ...]
    endpoints: tuple[Endpoint, ...]
    others: tuple[Other, ...]
    monthly: tuple[Monthly, ...]

    def domain(self, name: str) -> Domain:
        """The domain of a name, or of a `domain/...` key."""
        return next(
            domain for domain in self.domains if domain.name == name.split("/", maxsplit=1)[0]
        )

    def space(self, key: str) -> Space:
        """The space of a `domain/space` key."""
        return next(space for space in self.spaces if space.key == key)

    def space_arn(self, key: str) -> str:
        """A space's ARN, spelled as the scenario spells the name."""
        domain = self.domain(key)
        return domain.arn("space", domain.id, self.space(key).name)


def read_scenario(path: Path) -> Scenario:
    """The scenario of a file. Raises ConfigError naming the first key that is wrong."""
    try:
        return Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"the scenario cannot be read ({error})", where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{key}: {first['msg']}", where=str(path)) from None
