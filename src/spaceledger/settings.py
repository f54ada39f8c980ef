"""`spaceledger.toml` as frozen values. Loaded once at the edge and passed down."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from spaceledger.budgets import Budget, Table, overlap
from spaceledger.errors import ConfigError
from spaceledger.toml_lines import line_of

RUN = "run"  # no channel's name: in the journal of alerts it stands for the run itself
CostMetric = Literal["effective_cost", "amortized_cost", "billed_cost", "list_cost"]


def _source_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", text):
        raise ValueError("takes letters, digits, '.', '_' and '-', at most 63 characters")
    return text


SourceName = Annotated[str, AfterValidator(_source_name)]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$")]


def _path(value: object) -> object:
    if "\0" in str(value):
        raise ValueError("holds a null character, which no path can hold")
    return value


def _channel(text: str) -> str:
    # Not shown: what stands there in place of a name may be a secret.
    if "://" in text:
        raise ValueError(
            "is an address; secrets never stand in this file: put it into an environment variable"
            " and name that variable here"
        )
    if text == RUN or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,127}", text):
        raise ValueError("is not the name of an environment variable, such as SPACELEDGER_SLACK")
    return text


def _address(text: str) -> str:
    if not re.fullmatch(r"(https?|file)://[^\s<>\x00-\x1f\x7f]+", text):
        raise ValueError("is not an address; it looks like https://share.example/index.html")
    if "@" in text.split("://", 1)[1].split("/", 1)[0]:
        raise ValueError("holds a user or a password; secrets never stand in this file")
    return text


def _endpoint(text: str) -> str:
    # Not shown: it may hold a password.
    if not re.fullmatch(r"https?://[^\s/@?#]+(/[^\s@?#]*)?", text):
        raise ValueError(
            "is not the address of a service, such as http://127.0.0.1:8333; a user or a password never"
            " stands in this file"
        )
    return text


Location = Annotated[Path, AfterValidator(_path)]


class AwsAccess(Table):
    """How an AWS source is reached; all optional, boto3's own chain finds credentials."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    region: str | None = None
    endpoint_url: Annotated[str, AfterValidator(_endpoint)] | None = None


class CostSource(AwsAccess):
    """A billing export: a bucket prefix or a folder of the same layout."""

    name: SourceName
    uri: Annotated[str, AfterValidator(_path)]
    role: Literal["ledger", "compare"] = "ledger"
    keep: Literal["scope", "all"] = "scope"
    billing_api: bool = Field(default=True, strict=True)

    @property
    def has_billing_api(self) -> bool:
        """Whether AWS is asked for cost allocation tags, backfills and how this bill is made.

        Behind an `endpoint_url` there is a store, and no AWS.
        """
        return self.billing_api and self.uri.startswith("s3://") and not self.endpoint_url


class ActivitySource(AwsAccess):
    """Delivered trail files, or the 90-day lookup API."""

    name: SourceName
    uri: Annotated[str, AfterValidator(_path)] | None = None
    api: Literal["lookup-events"] | None = None
    regions: tuple[str, ...] = ()
    start: date | None = None

    @property
    def address(self) -> str:
        """Where it lies, or which API tells it."""
        return self.uri or str(self.api)

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        if (self.uri is None) == (self.api is None):
            raise ValueError('needs either uri (delivered files) or api = "lookup-events"')
        return self


class SpacesApi(AwsAccess):
    """Where names, owners and sharing types are read from the SageMaker API."""

    regions: tuple[str, ...]


class AwsBudgets(AwsAccess):
    """An account whose AWS Budgets are read too."""

    account_id: AccountId


class Alerts(Table):
    """Who is told of what needs a look, and when a silent source does."""

    channels: tuple[Annotated[str, AfterValidator(_channel)], ...] = ()
    pages: Annotated[str, AfterValidator(_address)] | None = None
    stale_after_days: int = Field(default=3, ge=1, strict=True)

    @field_validator("channels")
    @classmethod
    def _unique(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({name for name in channels if channels.count(name) > 1})
        if twice:
            raise ValueError(f"names {', '.join(twice)} twice")
        return channels


class Settings(Table):
    """The whole configuration. Paths are absolute once loaded."""

    home: Location
    cost_metric: CostMetric = "effective_cost"
    show_spaces: Literal["shared", "all"] = "shared"
    publish: Literal["link", "copy"] = "link"
    owners: Location | None = None
    keep_landing_days: int | None = Field(default=None, ge=0, strict=True)
    costs: tuple[CostSource, ...] = ()
    activity: tuple[ActivitySource, ...] = ()
    spaces_api: tuple[SpacesApi, ...] = ()
    budgets: tuple[Budget, ...] = ()
    aws_budgets: tuple[AwsBudgets, ...] = ()
    alerts: Alerts = Alerts()

    @field_validator("costs", "activity")
    @classmethod
    def _unique_names(cls, sources: tuple[Any, ...]) -> tuple[Any, ...]:
        names = [source.name for source in sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"has two sources named {', '.join(twice)}; give each its own name")
        return sources

    @field_validator("budgets")
    @classmethod
    def _names_apart(cls, budgets: tuple[Budget, ...]) -> tuple[Budget, ...]:
        """A budget for each space gets names that begin with its own; no other may look like them."""
        for each in budgets:
            if each.space == "*":
                for other in budgets:
                    if other.name.startswith(f"{each.name}: "):
                        raise ValueError(
                            f'has a budget named "{other.name}", which looks like one of a space that'
                            f' "{each.name}" counts; rename it'
                        )
        return budgets

    @field_validator("budgets")
    @classmethod
    def _no_overlap(cls, budgets: tuple[Budget, ...]) -> tuple[Budget, ...]:
        for number, one in enumerate(budgets):
            for other in budgets[number + 1 :]:
                if one.name == other.name and overlap(one, other):
                    raise ValueError(
                        f"has two budgets named {one.name} whose dates overlap;"
                        " end the first on the day before the second starts, or rename one"
                    )
        return budgets


def _absolute(base: Path, table: dict[str, Any], key: str) -> None:
    value = table.get(key)
    if isinstance(value, str) and "://" not in value and "\0" not in value:
        table[key] = str((base / value).resolve())


def load_settings(path: Path) -> Settings:
    """The settings of a file. Raises ConfigError naming the key and the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            "there is no configuration",
            where=str(path),
            todo="name one with --config, or copy data-samples/spaceledger.toml and edit it",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read ({error})", where=str(path)) from error
    try:
        # Amounts are exact: a double does not hold 15 digits and 12 decimals.
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not valid TOML: {error}", where=str(path)) from error
    base = path.resolve().parent
    raw.setdefault("home", ".")
    for table in (raw, *_tables(raw, "costs"), *_tables(raw, "activity")):
        for key in ("home", "owners", "uri"):
            _absolute(base, table, key)
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        raise _config_error(path, text, error) from None


def _tables(raw: dict[str, Any], name: str) -> list[dict[str, Any]]:
    tables = raw.get(name)
    return [t for t in tables if isinstance(t, dict)] if isinstance(tables, list) else []


def _config_error(path: Path, text: str, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    location = first["loc"]
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = "is not a key spaceledger knows"
    elif first["type"] == "missing":
        message = "is missing"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in location)
    return ConfigError(
        f"{key} {message}{more}" if key else message,
        where=f"{path}, line {line_of(text, location)}",
        todo="see the configuration in the README",
    )
