"""Commands about the set-up: what is missing, what is permitted, the demo data."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from spaceledger import doctor as doctors
from spaceledger import iam
from spaceledger.cli.group import config_option, main
from spaceledger.paths import scenario_path
from spaceledger.settings import Settings


def _key_arns(_: click.Context, __: click.Parameter, arns: tuple[str, ...]) -> tuple[str, ...]:
    for arn in arns:
        if not re.fullmatch(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+", arn):
            raise click.BadParameter(
                "is not the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID"
            )
    return arns


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
@click.option(
    "--role",
    default=None,
    metavar="ARN",
    help="The policy of a role that sources name as role_arn.",
)
@click.option("--profile", default=None, help="The policy of a profile that sources name.")
@click.option(
    "--kms-key", "kms_keys", multiple=True, metavar="ARN", callback=_key_arns,
    help="A key that a bucket is encrypted with; may be given several times.",
)  # fmt: skip
def iam_policy(
    settings: Settings, role: str | None, profile: str | None, kms_keys: tuple[str, ...]
) -> None:
    """Print the least IAM policy this configuration needs, one for each identity that it uses."""
    identity = iam.identity_of(settings, profile, role)
    if identity is None:
        click.echo(
            "This configuration reads local folders alone; it needs no permission.", err=True
        )
        return
    click.echo(json.dumps(iam.policy(settings, identity, kms_keys=kms_keys), indent=2))
    others = [each for each in iam.identities(settings) if each != identity]
    if others and role is None and profile is None:
        click.echo(f"This is the policy of {identity}; the others:", err=True)
        for each in others:
            click.echo(f"  spaceledger iam-policy {each.option}", err=True)


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
