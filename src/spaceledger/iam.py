"""The least IAM policy a configuration needs, as a JSON document ready to paste: one for each identity.

An identity is what runs start with, a profile, or a role that a source names. Actions are those of the
calls that `sources/` makes (service authorization reference); a test holds the two together.
`budgets:ViewBudget` covers all Describe calls of AWS Budgets, and to ask who one is takes no permission.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from spaceledger.errors import ConfigError
from spaceledger.partitions import billing_region, has_cost_tags, has_reports, partition_of
from spaceledger.settings import ActivitySource, AwsAccess, CostSource, Settings, SpacesApi

_SPACES = ("DescribeDomain", "ListApps", "ListDomains", "ListSpaces", "ListUserProfiles")
Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose policy it is: of a role, else of a profile, else of what runs start with."""

    profile: str | None = None
    role_arn: str | None = None

    def __str__(self) -> str:
        if self.role_arn:
            return f"role {self.role_arn}"
        return f"profile {self.profile}" if self.profile else "the credentials that runs start with"

    @property
    def option(self) -> str:
        """What prints its policy."""
        return f"--role {self.role_arn}" if self.role_arn else f"--profile {self.profile}"


def partition(source: AwsAccess, settings: Settings) -> str:
    """The partition a source lies in: by its role or regions, else by what else is configured."""
    own = partition_of(arns=(source.role_arn,), regions=_regions(source))
    if own:
        return own
    every = _sources(settings)
    arns = [each.role_arn for each in every]
    arns += [arn for budget in settings.budgets for arn in (budget.space, budget.domain)]
    regions = [region for each in every for region in _regions(each)]
    return partition_of(arns=arns, regions=regions) or "aws"


def _regions(source: AwsAccess) -> tuple[str, ...]:
    more = source.regions if isinstance(source, ActivitySource | SpacesApi) else ()
    return tuple(region for region in (*more, source.region) if region)


def _sources(settings: Settings) -> tuple[AwsAccess, ...]:
    """Every source that reaches AWS."""
    files: tuple[CostSource | ActivitySource, ...] = (*settings.costs, *settings.activity)
    remote = [source for source in files if source.uri is None or source.uri.startswith("s3://")]
    return (*remote, *settings.spaces_api, *settings.aws_budgets)


def identities(settings: Settings) -> tuple[Identity, ...]:
    """Every identity a configuration uses: those that runs start with, then roles."""
    found: set[Identity] = set()
    for source in _sources(settings):
        found |= {Identity(source.profile), Identity(role_arn=source.role_arn)} if source.role_arn else {
            Identity(source.profile)
        }  # fmt: skip
    return tuple(sorted(found, key=lambda each: (each.role_arn or "", each.profile or "")))


def identity_of(settings: Settings, profile: str | None, role_arn: str | None) -> Identity | None:
    """The identity asked for, or the first there is; None where everything is local.

    Raises ConfigError where the configuration does not name it.
    """
    known = identities(settings)
    if profile is None and role_arn is None:
        return known[0] if known else None
    asked = Identity(None if role_arn else profile, role_arn)
    if asked not in known:
        named = (
            ", ".join(str(each) for each in known) or "no identity: it reads local folders alone"
        )
        raise ConfigError(f"no source uses {asked}", todo=f"the configuration uses {named}")
    return asked


def policy(
    settings: Settings, identity: Identity | None = None, *, kms_keys: Sequence[str] = ()
) -> dict[str, Any]:
    """The policy of an identity, or of all of them at once; `Statement` is empty where nothing is asked.

    `kms_keys` are the ARNs of keys that buckets are encrypted with: nothing else knows them.
    """
    mine = [source for source in _sources(settings) if _is_asked_as(source, identity)]
    files = [each for each in mine if isinstance(each, CostSource | ActivitySource) and each.uri]
    statements: list[Statement] = []
    for number, source in enumerate(files, start=1):
        statements += _bucket(source, number, partition(source, settings))
    if files and kms_keys:
        decrypt = _allow("Decrypt", ["kms:Decrypt"], list(kms_keys))
        # S3 decrypts in the name of who reads; the key itself need not be used.
        statements.append(decrypt | {"Condition": {"StringLike": {"kms:ViaService": ["s3.*"]}}})
    bills = [each for each in mine if isinstance(each, CostSource) and each.has_billing_api]
    statements += _billing({partition(each, settings) for each in bills})
    lookups = [each for each in mine if isinstance(each, ActivitySource) and each.api]
    statements += _regional("Events", ["cloudtrail:LookupEvents"], lookups)
    spaces = [each for each in mine if isinstance(each, SpacesApi)]
    statements += _regional("Spaces", [f"sagemaker:{verb}" for verb in _SPACES], spaces)
    budgets = [
        f"arn:{partition(each, settings)}:budgets::{each.account_id}:budget/*"
        for each in settings.aws_budgets
        if _is_asked_as(each, identity)
    ]
    if budgets:
        statements.append(_allow("Budgets", ["budgets:ViewBudget"], sorted(set(budgets))))
    roles = sorted({
        each.role_arn
        for each in _sources(settings)
        if each.role_arn and (identity is None or identity == Identity(each.profile))
    })  # fmt: skip
    if roles:
        statements.append(_allow("Roles", ["sts:AssumeRole"], roles))
    return {"Version": "2012-10-17", "Statement": statements}


def _is_asked_as(source: AwsAccess, identity: Identity | None) -> bool:
    if identity is None:
        return True
    if source.role_arn or identity.role_arn:
        return source.role_arn == identity.role_arn
    return source.profile == identity.profile


def _bucket(source: CostSource | ActivitySource, number: int, where: str) -> list[Statement]:
    bucket, _, prefix = (source.uri or "").removeprefix("s3://").partition("/")
    arn = f"arn:{where}:s3:::{bucket}"
    below = prefix.strip("/") + "/*" if prefix.strip("/") else "*"
    listing = _allow(f"List{number}", ["s3:ListBucket"], [arn])
    if below != "*":
        listing["Condition"] = {"StringLike": {"s3:prefix": [below.removesuffix("*"), below]}}
    return [listing, _allow(f"Read{number}", ["s3:GetObject"], [f"{arn}/{below}"])]


def _billing(partitions: set[str]) -> list[Statement]:
    """What is asked of the payer account; tags and lists of reports have no ARNs to be held to."""
    asked: list[str] = []
    exports: list[str] = []
    for where in sorted(partitions):
        if has_cost_tags(where):
            asked += ["ce:ListCostAllocationTagBackfillHistory", "ce:ListCostAllocationTags"]
        if has_reports(where):
            asked += ["bcm-data-exports:ListExports", "cur:DescribeReportDefinitions"]
            exports.append(f"arn:{where}:bcm-data-exports:{billing_region(where)}:*:export/*")
    if not asked:
        return []
    statements = [_allow("Billing", sorted(set(asked)))]
    if exports:
        statements.append(_allow("Exports", ["bcm-data-exports:GetExport"], exports))
    return statements


def _regional(sid: str, actions: list[str], sources: Iterable[AwsAccess]) -> list[Statement]:
    """Calls without ARNs to be held to, in the regions that are configured alone."""
    every = list(sources)
    if not every:
        return []
    allowed = _allow(sid, actions)
    regions = sorted({region for source in every for region in _regions(source)})
    if regions:
        allowed["Condition"] = {"StringEquals": {"aws:RequestedRegion": regions}}
    return [allowed]


def _allow(sid: str, actions: list[str], resources: list[str] | None = None) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources or ["*"]}
