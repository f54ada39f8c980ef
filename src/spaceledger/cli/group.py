"""The command group, and the options commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from rich.console import Console

from spaceledger.errors import SpaceledgerError
from spaceledger.settings import Settings, load_settings


class _Group(click.Group):
    """Turns our errors into one line on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SpaceledgerError as error:
            click.echo(f"spaceledger: {error.line()}", err=True)
            ctx.exit(1)


def progress() -> Callable[[str], None]:
    """Progress on a terminal; nothing in pipes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return lambda _: None
    return lambda name: console.print(f"  {name}", style="dim", highlight=False, markup=False)


def _settings(_: click.Context, __: click.Parameter, path: Path) -> Settings:
    return load_settings(path)


def _as_of(_: click.Context, __: click.Parameter, given: datetime | None) -> date | None:
    latest = datetime.now(UTC).date() + timedelta(days=366)
    if given and given.date() > latest:
        raise click.BadParameter(f"lies more than a year ahead; {latest} is the latest")
    return given.date() if given else None


config_option = click.option(
    "--config",
    "settings",
    type=click.Path(path_type=Path),
    default=Path("spaceledger.toml"),
    show_default=True,
    callback=_settings,
    help="The configuration file.",
)
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_as_of,
    help="The day the reports are about (YYYY-MM-DD); today, UTC, unless given.",
)
full_refresh_option = click.option(
    "--full-refresh", is_flag=True, help="Load and build everything again."
)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spaceledger")
def main() -> None:
    """What every SageMaker shared space costs, how fast it burns its budget, and who works in it."""
