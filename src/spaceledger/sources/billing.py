"""Where AWS answers for billing, and as whom it is asked: one region in each partition.

Tags, backfills and reports are asked for with the access of each bill in S3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spaceledger.partitions import billing_region, partition_of
from spaceledger.settings import AwsAccess, Settings


def partition_for(access: AwsAccess, session: Any) -> str:
    """The partition of an access: of its role, else of its region or that of its session."""
    regions = (access.region, session.region_name)
    return partition_of(arns=(access.role_arn,), regions=regions) or "aws"


def region_of(access: AwsAccess, session: Any) -> str:
    """The billing region of an access's partition; a source's own region says where its bucket lies."""
    return billing_region(partition_for(access, session))


def billing_accesses(settings: Settings) -> Iterator[AwsAccess]:
    """Each way a bill is reached, once."""
    seen = set()
    for source in settings.costs:
        label = asked_with("", source)
        if source.has_billing_api and label not in seen:
            seen.add(label)
            yield source


def asked_with(what: str, access: AwsAccess) -> str:
    """What is asked, and with which access, by the configuration alone."""
    role = f" as {access.role_arn}" if access.role_arn else ""
    profile = f" of profile {access.profile}" if access.profile else ""
    return f"{what}{role}{profile}"
