"""The least IAM policy a configuration needs, as a JSON document ready to paste.

Actions are those of aws-sdk service models; `budgets:ViewBudget` covers all Describe calls of AWS
Budgets (service authorization reference, AWS Budgets).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from spaceledger.settings import ActivitySource, AwsAccess, CostSource, Settings

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("eusc-", "aws-eusc"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-iso-", "aws-iso"),
)


def partition(source: AwsAccess, regions: Iterable[str] = ()) -> str:
    """The partition a source lies in, by its role ARN or its regions; `aws` where none is named."""
    if source.role_arn and (named := re.match(r"arn:(aws[a-z-]*):", source.role_arn)):
        return named[1]
    for region in (source.region or "", *regions):
        for head, name in _PARTITIONS:
            if region.startswith(head):
                return name
    return "aws"


def policy(settings: Settings) -> dict[str, Any]:
    """The policy; `Statement` is empty where every source is a local folder."""
    statements: list[dict[str, Any]] = []
    files: tuple[CostSource | ActivitySource, ...] = (*settings.costs, *settings.activity)
    buckets = [source for source in files if (source.uri or "").startswith("s3://")]
    for number, source in enumerate(buckets, start=1):
        statements += _bucket(source, number)
    if any(source.uri.startswith("s3://") for source in settings.costs):
        statements.append(_allow("TagActivation", ["ce:ListCostAllocationTagBackfillHistory",
                                                   "ce:ListCostAllocationTags",
                                                   "cur:DescribeReportDefinitions"]))  # fmt: skip
    if any(source.api for source in settings.activity):
        statements.append(_allow("Events", ["cloudtrail:LookupEvents"]))
    if settings.spaces_api:
        verbs = ("DescribeApp", "DescribeDomain", "DescribeSpace", "DescribeUserProfile", "ListApps",
                 "ListDomains", "ListSpaces", "ListTags", "ListUserProfiles")  # fmt: skip
        statements.append(_allow("Spaces", [f"sagemaker:{verb}" for verb in verbs]))
    if settings.aws_budgets:
        arns = [
            f"arn:{partition(budgets)}:budgets::{budgets.account_id}:budget/*"
            for budgets in settings.aws_budgets
        ]
        statements.append(_allow("Budgets", ["budgets:ViewBudget"], arns))
    reached: tuple[AwsAccess, ...] = (*files, *settings.spaces_api, *settings.aws_budgets)
    roles = sorted({source.role_arn for source in reached if source.role_arn})
    if roles:
        statements.append(_allow("Roles", ["sts:AssumeRole"], roles))
    return {"Version": "2012-10-17", "Statement": statements}


def _bucket(source: CostSource | ActivitySource, number: int) -> list[dict[str, Any]]:
    regions = source.regions if isinstance(source, ActivitySource) else ()
    bucket, _, prefix = (source.uri or "").removeprefix("s3://").partition("/")
    arn = f"arn:{partition(source, regions)}:s3:::{bucket}"
    below = prefix.strip("/") + "/*" if prefix.strip("/") else "*"
    listing = _allow(f"List{number}", ["s3:ListBucket"], [arn])
    if below != "*":
        listing["Condition"] = {"StringLike": {"s3:prefix": [below.removesuffix("*"), below]}}
    return [listing, _allow(f"Read{number}", ["s3:GetObject"], [f"{arn}/{below}"])]


def _allow(sid: str, actions: list[str], resources: list[str] | None = None) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources or ["*"]}
