"""`spaceledger.toml` as frozen values. Loaded once at the edge and passed down."""

from __future__ import annotations

import re
import tomllib
from datetime import date
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


Location = Annotated[Path, AfterValidator(_path)]


class AwsAccess(Table):
    """How an AWS source is reached; all optional, boto3's own chain finds credentials."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    region: str | None = None
    endpoint_url: str | None = None


class CostSource(AwsAccess):
    """A billing export: a bucket prefix or a folder of the same layout."""

    name: SourceName
    uri: Annotated[str, AfterValidator(_path)]
    role: Literal["ledger", "compare"] = "ledger"
    keep: Literal["scope", "all"] = "scope"


class ActivitySource(AwsAccess):
    """Delivered trail files, or the 90-day lookup API."""

    name: SourceName
    uri: Annotated[str, AfterValidator(_path)] | None = None
    api: Literal["lookup-events"] | None = None
    regions: tuple[str, ...] = ()
    start: date | None = None

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


class Settings(Table):
    """The whole configuration. Paths are absolute once loaded."""

    home: Location
    cost_metric: CostMetric = "effective_cost"
    show_spaces: Literal["shared", "all"] = "shared"
    publish: Literal["link", "copy"] = "link"
    owners: Location | None = None
    costs: tuple[CostSource, ...] = ()
    activity: tuple[ActivitySource, ...] = ()
    spaces_api: tuple[SpacesApi, ...] = ()
    budgets: tuple[Budget, ...] = ()
    aws_budgets: tuple[AwsBudgets, ...] = ()

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
        raw = tomllib.loads(text)
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


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """The line (from 1) a key stands on, or the line of its table where the key is absent."""
    table, index, key = "", 0, str(location[-1]) if location else ""
    if len(location) > 1:
        table = str(location[0])
        index = location[1] if isinstance(location[1], int) else 0
        key = str(location[2]) if len(location) > 2 else ""
    current, seen, found, inline = "", -1, 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*([\w.\"-]+)\s*\]", line):
            current = header[1].strip('"')
            if not table and current == key:
                return number
            if current == table:
                seen += 1
                if seen == index:
                    found = number
        elif current == table and (not table or seen == index):
            name = re.match(r"\s*\"?([\w-]+)\"?\s*=", line)
            if name and name[1] == key:
                return number
        elif not current and re.match(rf"\s*\"?{re.escape(table)}\"?\s*=", line):
            inline = number
    return inline or found
