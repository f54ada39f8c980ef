"""Commands that make the ledger: run and its steps, and telling people."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from spaceledger import pipeline
from spaceledger.alerts import Told
from spaceledger.cli.group import as_of_option, config_option, full_refresh_option, main, progress
from spaceledger.errors import SpaceledgerError
from spaceledger.settings import Settings
from spaceledger.warehouse.checks import CheckResult


@main.command(epilog="Example: spaceledger run --config spaceledger.toml --as-of 2026-10-21")
@config_option
@as_of_option
@full_refresh_option
def run(settings: Settings, as_of: date | None, full_refresh: bool) -> None:
    """Pull, load, build, check, report, publish, and tell people what needs a look."""
    outcome = pipeline.run(settings, as_of=as_of, full_refresh=full_refresh, step=progress())
    if not outcome.published:
        click.echo("Nothing new; the published ledger stands.")
    _say(settings, outcome)
    try:
        _say_told(pipeline.alert(settings, step=progress()))
    except SpaceledgerError as error:
        # The ledger is published; what stands in it is told by the next run.
        click.echo(f"warning: alerts: {error.line()}", err=True)
    sys.exit(outcome.exit_code)


@main.command(epilog="Example: spaceledger pull --config spaceledger.toml")
@config_option
def pull(settings: Settings) -> None:
    """Copy what is new in remote places to landing/; local folders are read in place."""
    count = pipeline.fetch(settings, step=progress())
    click.echo(f"{count:,} files are new")


@main.command(epilog="Example: spaceledger load && spaceledger build")
@config_option
@full_refresh_option
def load(settings: Settings, full_refresh: bool) -> None:
    """Load what is new into a work database; nothing is published."""
    outcome = pipeline.load(settings, full_refresh=full_refresh, step=progress())
    _say(settings, outcome)
    sys.exit(outcome.exit_code)


@main.command(epilog="Example: spaceledger build --as-of 2026-10-21")
@config_option
@as_of_option
def build(settings: Settings, as_of: date | None) -> None:
    """Build core and marts of what was loaded, or of the published ledger; nothing is published."""
    outcome = pipeline.build(settings, as_of=as_of, step=progress())
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


@main.command(epilog="Example: spaceledger report --single-file october.html")
@config_option
@click.option(
    "--single-file",
    type=click.Path(path_type=Path, dir_okay=False),
    is_flag=False,
    flag_value="spaceledger.html",
    help="Write all pages as this one HTML file that can be mailed (spaceledger.html unless given), of the"
    " unpublished build or else of the published ledger.",
)
def report(settings: Settings, single_file: Path | None) -> None:
    """Make the Parquet files and HTML pages of the unpublished build, or one HTML file of all pages."""
    if single_file:
        pipeline.single_file(settings, single_file, step=progress())
        click.echo(f"report: {single_file} ({single_file.stat().st_size / 1e6:.1f} MB)")
        return
    folder = pipeline.report(settings, step=progress())
    click.echo(f"reports: {folder}")


@main.command(epilog="Example: spaceledger publish --config spaceledger.toml")
@config_option
def publish(settings: Settings) -> None:
    """Check the unpublished build and, where no check fails, publish it."""
    outcome = pipeline.publish_work(settings, step=progress())
    _say(settings, outcome)
    sys.exit(outcome.exit_code)


@main.command(epilog="Example: spaceledger alert --config spaceledger.toml")
@config_option
def alert(settings: Settings) -> None:
    """Tell people what needs a look: each channel of each alert once, and again when it is worse."""
    told = pipeline.alert(settings, step=progress())
    _say_told(told)
    if not told.new and not told.sent and not told.silent:
        click.echo("Nothing new to tell.")


def _say(settings: Settings, outcome: pipeline.Outcome) -> None:
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


def _say_told(told: Told) -> None:
    if told.silent:
        click.echo(told.silent)
    for message in told.new:
        click.echo(f"alert: {message.title}")
    channels = {one.channel for one in told.sent}
    if channels:
        click.echo(f"told {len(channels)} channels, {len(told.sent)} messages")
    for problem in told.problems:
        click.echo(
            f"warning: alerts: {problem.problem}: {problem.channel} {problem.detail}", err=True
        )


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
