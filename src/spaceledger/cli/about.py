"""Commands about the set-up: what is missing, what is permitted, the demo data."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from spaceledger import doctor as doctors
from spaceledger import iam
from spaceledger.cli.group import config_option, main
from spaceledger.paths import scenario_path
from spaceledger.settings import Settings


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
