"""The command line: parses, calls the pipeline, prints."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from spaceledger import doctor as doctors
from spaceledger import iam, pipeline
from spaceledger.chargeback import write_chargeback
from spaceledger.errors import QueryError, SpaceledgerError
from spaceledger.paths import Home, scenario_path
from spaceledger.period import BillingPeriod
from spaceledger.settings import Settings, load_settings
from spaceledger.warehouse import dictionary, reader
from spaceledger.warehouse.checks import CheckResult


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


def _settings(_: click.Context, __: click.Parameter, path: Path) -> Settings:
    return load_settings(path)


def _as_of(_: click.Context, __: click.Parameter, given: datetime | None) -> date | None:
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


@main.command(epilog="Example: spaceledger run --config spaceledger.toml --as-of 2026-10-21")
@config_option
@as_of_option
@full_refresh_option
def run(settings: Settings, as_of: date | None, full_refresh: bool) -> None:
    """Pull, load, build, check, report and publish."""
    outcome = pipeline.run(settings, as_of=as_of, full_refresh=full_refresh, step=_step())
    if not outcome.published:
        click.echo("Nothing new; the published ledger stands.")
    _tell(settings, outcome)


@main.command(epilog="Example: spaceledger pull --config spaceledger.toml")
@config_option
def pull(settings: Settings) -> None:
    """Copy what is new in remote places to landing/; local folders are read in place."""
    count = pipeline.fetch(settings, step=_step())
    click.echo(f"{count:,} files are new")


@main.command(epilog="Example: spaceledger load && spaceledger build")
@config_option
@full_refresh_option
def load(settings: Settings, full_refresh: bool) -> None:
    """Load what is new into a work database; nothing is published."""
    _tell(settings, pipeline.load(settings, full_refresh=full_refresh, step=_step()))


@main.command(epilog="Example: spaceledger build --as-of 2026-10-21")
@config_option
@as_of_option
def build(settings: Settings, as_of: date | None) -> None:
    """Build core and marts of what was loaded, or of the published ledger; nothing is published."""
    outcome = pipeline.build(settings, as_of=as_of, step=_step())
    periods = outcome.built.periods if outcome.built else {}
    for period, cause in periods.items():
        click.echo(f"built {period} ({cause})")
    click.echo(f"build {outcome.build_id}: {len(periods)} periods made anew")


@main.command(epilog="Example: spaceledger check --config spaceledger.toml")
@config_option
def check(settings: Settings) -> None:
    """Run every check on the unpublished build, or on the published ledger; exit 1 where one fails."""
    results = pipeline.check(settings)
    for result in results:
        click.echo(f"{'ok' if not result.failures else result.severity}: {result.line()}")
    sys.exit(1 if any(r.failures and r.severity == "fail" for r in results) else 0)


@main.command(epilog="Example: spaceledger report && spaceledger publish")
@config_option
def report(settings: Settings) -> None:
    """Make the Parquet files and HTML pages of the unpublished build."""
    folder = pipeline.report(settings, step=_step())
    click.echo(f"reports: {folder}")


@main.command(epilog="Example: spaceledger publish --config spaceledger.toml")
@config_option
def publish(settings: Settings) -> None:
    """Check the unpublished build and, where no check fails, publish it."""
    _tell(settings, pipeline.publish_work(settings, step=_step()))


def _tell(settings: Settings, outcome: pipeline.Outcome) -> None:
    for row in outcome.loaded:
        click.echo(f"loaded {row.source} {row.period}: {row.row_count:,} rows,"
                   f" {row.kept_count:,} in the ledger ({row.delivery_id})")  # fmt: skip
    for bill in outcome.reconciliation:
        click.echo(_reconciled(*bill))
    _warn(outcome.checks)
    for source, location, problem, severity, detail, _ in outcome.problems:
        text = " ".join(f"{severity}: {source}: {problem}: {detail} [{location}]".split())
        click.echo(text, err=True)
    if outcome.published:
        click.echo(f"dashboards: {settings.home / 'reports' / 'html' / 'index.html'}")
    sys.exit(outcome.exit_code)


def _warn(checks: tuple[CheckResult, ...]) -> None:
    for result in checks:
        if result.failures:
            click.echo(f"{result.severity}: {result.line()}", err=True)


def _reconciled(
    period: str, source: str, currency: str, bill: Any, ledger: Any, outside: Any, difference: Any,
    status: str,
) -> str:  # fmt: skip
    return (
        f"{period} {source}: bill {bill:,.2f} {currency} = ledger {ledger:,.2f}"
        f" + outside {outside:,.2f}, difference {difference.normalize():f} ({status})"
    )


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


@main.command(epilog="Example: spaceledger models marts.space_spend_daily")
@click.argument("table", required=False)
def models(table: str | None) -> None:
    """The data dictionary: every table readers are given, its grain and its columns."""
    known = [model for model in dictionary.documented() if table in {None, model.name}]
    if not known:
        raise QueryError(f"there is no table {table}", todo="see `spaceledger models`")
    click.echo("\n\n".join(dictionary.page(model) for model in known))


@main.command(epilog="Example: spaceledger doctor --config spaceledger.toml")
@config_option
def doctor(settings: Settings) -> None:
    """Check sources, tags and freshness, and say what to do; exit 1 where something is at fault."""
    findings = list(doctors.examine(settings, datetime.now(UTC).date()))
    for finding in findings:
        todo = f" - {finding.todo}" if finding.todo else ""
        click.echo(" ".join(f"{finding.level}: {finding.subject}: {finding.what}{todo}".split()))
    sys.exit(1 if any(finding.level == "fault" for finding in findings) else 0)


@main.command("iam-policy", epilog="Example: spaceledger iam-policy > policy.json")
@config_option
def iam_policy(settings: Settings) -> None:
    """Print the least IAM policy this configuration needs."""
    policy = iam.policy(settings)
    if not policy["Statement"]:
        click.echo(
            "This configuration reads local folders alone; it needs no permission.", err=True
        )
        return
    click.echo(json.dumps(policy, indent=2))


@main.command(epilog="Example: spaceledger sample --out data-samples")
@click.option(
    "--scenario", type=click.Path(path_type=Path), default=None,
    help="The company to make a bill and a trail of; the one of the demo unless given.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="The folder to write to."
)
def sample(scenario: Path | None, out: Path) -> None:
    """Make the demo data: a company's bill in three formats, and its trail."""
    from spaceledger.demo import write_sample

    written = write_sample(scenario or scenario_path(), out)
    size = sum(path.stat().st_size for path in written)
    click.echo(f"{len(written)} files, {size:,} bytes, in {out}")
