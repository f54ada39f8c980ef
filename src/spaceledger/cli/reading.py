"""Commands that read the published ledger."""

from __future__ import annotations

from pathlib import Path

import click

from spaceledger.chargeback import write_chargeback
from spaceledger.cli.group import config_option, main
from spaceledger.errors import QueryError
from spaceledger.paths import Home
from spaceledger.period import BillingPeriod
from spaceledger.replay import replay_months
from spaceledger.settings import Settings
from spaceledger.warehouse import dictionary, reader


@main.command(epilog="Example: spaceledger sql top_movers --format csv")
@config_option
@click.argument("query", required=False)
@click.option(
    "--format",
    "style",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    show_default=True,
    help="How the answer is written; csv makes spreadsheet formulas inert.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="Write to this file (needed for parquet)."
)
@click.option(
    "--parameter", "-p", "parameters", multiple=True, help="name=value, for a named query."
)
def sql(
    settings: Settings,
    query: str | None,
    style: str,
    output: Path | None,
    parameters: tuple[str, ...],
) -> None:
    """Read-only SQL on the published ledger; QUERY may be the name of one of the analyses.

    Without QUERY the names of the analyses are listed.
    """
    if not query:
        for name, named in reader.named_queries().items():
            click.echo(f"{name}: {named.description}")
        return
    given = dict(parameter.split("=", 1) for parameter in parameters if "=" in parameter)
    if len(given) < len(parameters):
        raise click.UsageError("--parameter takes name=value")
    with reader.reading(Home(settings.home)) as con:
        table = reader.query_table(con, query, given)
    if style == "parquet":
        if output is None:
            raise click.UsageError("--format parquet needs --output FILE")
        reader.write_parquet(table, output)
    elif output is None:
        click.echo(reader.as_text(table, style))
    else:
        output.write_text(reader.as_text(table, style) + "\n", encoding="utf-8")


def _period(_: click.Context, __: click.Parameter, given: str) -> BillingPeriod:
    if period := BillingPeriod.parse(given):
        return period
    raise click.BadParameter(f"{given} is no month; it looks like 2026-09")


@main.command(epilog="Example: spaceledger chargeback 2026-09 --out chargebacks")
@click.argument("period", callback=_period, is_eager=True)
@config_option
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), help="The folder to write to."
)
def chargeback(settings: Settings, period: BillingPeriod, out: Path) -> None:
    """Write a month's cost by space, team and cost centre as CSV and Parquet, equal to the ledger."""
    written = write_chargeback(Home(settings.home), period, out)
    click.echo("\n".join(written.lines()))
    if written.warning:
        click.echo(written.warning, err=True)


@main.command(epilog="Example: spaceledger backtest --by scope")
@config_option
@click.option(
    "--months", type=click.IntRange(1, 60), default=12, show_default=True,
    help="How many whole months to replay, the newest.",
)  # fmt: skip
@click.option(
    "--by",
    type=click.Choice(["all", "scope", "as_of_day"]),
    default="all",
    show_default=True,
    help="One line for all, for each space or domain, or for each day of the month.",
)
@click.option("--every-scope", is_flag=True, help="Also spaces and domains without a budget.")
@click.option(
    "--format", "style", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True, help="How the summary is written.",
)  # fmt: skip
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Write every single forecast to this Parquet file.",
)
def backtest(
    settings: Settings, months: int, by: str, every_scope: bool, style: str, output: Path | None
) -> None:
    """Forecast past months again and compare: error, coverage of the 80 % band, pinball loss.

    Beside the forecast stand what people do by hand: the run-rate line and a straight line by least
    squares with its textbook band. Error is a share of what the month came to; bias and pinball loss
    are shares of a usual month.
    """
    made = replay_months(Home(settings.home), months=months, only_budgets=not every_scope, by=by)
    click.echo(reader.as_text(made.summary, style))
    if output is not None:
        reader.write_parquet(made.forecasts, output)


@main.command(epilog="Example: spaceledger models marts.space_spend_daily")
@click.argument("table", required=False)
def models(table: str | None) -> None:
    """The data dictionary: every table readers are given, its grain and its columns."""
    known = [model for model in dictionary.documented() if table in {None, model.name}]
    if not known:
        raise QueryError(f"there is no table {table}", todo="see `spaceledger models`")
    click.echo("\n\n".join(dictionary.page(model) for model in known))
