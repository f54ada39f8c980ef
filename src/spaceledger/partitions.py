"""AWS partitions: which one an ARN or a region lies in, and where each answers for billing.

Regions are those of botocore's endpoint rules for AWS Budgets and Cost Explorer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_REGIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("eusc-", "aws-eusc"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-iso-", "aws-iso"),
)
PARTITIONS = ("aws", *(name for _, name in _REGIONS))
_BILLING_REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-northwest-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
}
# The bills of GovCloud accounts come with those of the commercial accounts they are linked to.
_WITHOUT_COST_EXPLORER = {"aws-us-gov", "aws-iso-e"}
_WITH_REPORTS = {"aws", "aws-cn"}


def partition_of(*, arns: Iterable[str | None] = (), regions: Iterable[str | None] = ()) -> str:
    """The partition the first ARN names, else the first region; "" where none is named."""
    for arn in arns:
        if arn and (named := re.match(r"arn:(aws[a-z-]*):", arn)):
            return named[1]
    for region in regions:
        if region:
            heads = (name for head, name in _REGIONS if region.startswith(head))
            return next(heads, "aws")
    return ""


def billing_region(partition: str) -> str:
    """The region in which a partition answers for budgets, tags and reports."""
    return _BILLING_REGIONS.get(partition, _BILLING_REGIONS["aws"])


def has_cost_tags(partition: str) -> bool:
    """Whether Cost Explorer, which knows the cost allocation tags, answers there."""
    return partition not in _WITHOUT_COST_EXPLORER


def has_reports(partition: str) -> bool:
    """Whether Cost and Usage Reports and Data Exports are made there."""
    return partition in _WITH_REPORTS
