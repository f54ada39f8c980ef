"""The command line: parses, calls the pipeline, prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console

from spaceledger import pipeline
from spaceledger.errors import QueryError, SpaceledgerError
from spaceledger.paths import Home
from spaceledger.settings import Settings, load_settings
from spaceledger.warehouse import dictionary, reader


class _Group(click.Group):
    """Turns our errors into one line on standard error and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SpaceledgerError as error:
            click.echo(f"spaceledger: {error.line()}", err=True)
            ctx.exit(1)


def _step() -> Callable[[str], None]:
    """Progress on a terminal; nothing in pipes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return lambda _: None
    return lambda name: console.print(f"  {name}", style="dim", highlight=False, markup=False)


config_option = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("spaceledger.toml"),
    show_default=True,
    help="The configuration file.",
)


def _as_of(_: click.Context, __: click.Parameter, given: datetime | None) -> date | None:
    return given.date() if given else None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="spaceledger")
def main() -> None:
    """What every SageMaker shared space costs, how fast it burns its budget, and who works in it."""


@main.command(epilog="Example: spaceledger run --config spaceledger.toml --as-of 2026-10-21")
@config_option
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_as_of,
    help="The day the reports are about (YYYY-MM-DD); today, UTC, unless given.",
)
@click.option("--full-refresh", is_flag=True, help="Load and build everything again.")
def run(config: Path, as_of: date | None, full_refresh: bool) -> None:
    """Pull, load, build, check, report and publish."""
    settings = load_settings(config)
    outcome = pipeline.run(settings, as_of=as_of, full_refresh=full_refresh, step=_step())
    _tell(settings, outcome)
    sys.exit(outcome.exit_code)


def _tell(settings: Settings, outcome: pipeline.Outcome) -> None:
    if not outcome.published:
        click.echo("Nothing new; the published ledger stands.")
    for source, period, delivery, rows, kept in outcome.loaded:
        click.echo(f"loaded {source} {period}: {rows:,} rows, {kept:,} in the ledger ({delivery})")
    for (
        period,
        source,
        currency,
        bill,
        ledger,
        outside,
        difference,
        status,
    ) in outcome.reconciliation:
        click.echo(
            f"{period} {source}: bill {bill:,.2f} {currency} = ledger {ledger:,.2f}"
            f" + outside {outside:,.2f}, difference {difference.normalize():f} ({status})"
        )
    for result in outcome.checks:
        if result.failures:
            click.echo(f"{result.severity}: {result.line()}", err=True)
    for source, location, problem, severity, detail, _ in outcome.problems:
        text = " ".join(f"{severity}: {source}: {problem}: {detail} [{location}]".split())
        click.echo(text, err=True)
    if outcome.published:
        click.echo(f"dashboards: {settings.home / 'reports' / 'html' / 'index.html'}")


@main.command(epilog="Example: spaceledger sql top_movers --format csv")
@config_option
@click.argument("query", required=False)
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write to this file (needed for parquet)."
)
@click.option(
    "--parameter", "-p", "parameters", multiple=True, help="name=value, for a named query."
)
def sql(
    config: Path, query: str | None, style: str, output: Path | None, parameters: tuple[str, ...]
) -> None:
    """Read-only SQL on the published ledger; QUERY may be the name of one of the analyses."""
    if not query:
        for name, named in reader.named_queries().items():
            click.echo(f"{name}: {named.description}")
        return
    given = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
    with reader.reading(Home(load_settings(config).home)) as con:
        table = reader.query_table(con, query, given)
    if style == "parquet":
        if output is None:
            raise click.UsageError("--format parquet needs --output FILE")
        reader.write_parquet(table, output)
    elif output is None:
        click.echo(reader.as_text(table, style))
    else:
        output.write_text(reader.as_text(table, style) + "\n", encoding="utf-8")


@main.command(epilog="Example: spaceledger models marts.space_spend_daily")
@click.argument("table", required=False)
def models(table: str | None) -> None:
    """The data dictionary: every table readers are given, its grain and its columns."""
    known = [model for model in dictionary.documented() if table in {None, model.name}]
    if not known:
        raise QueryError(f"there is no table {table}", todo="see `spaceledger models`")
    click.echo("\n\n".join(dictionary.page(model) for model in known))
