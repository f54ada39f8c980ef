"""Cost allocation tags of the payer account: which of SageMaker's keys are active, and backfills.

Only the payer account, or an account on its own, may ask. A backfill rewrites the bills of past months;
AWS has delivered them anew about a day after it is completed (AWS Billing user guide, cost allocation
backfill).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from spaceledger.errors import SourceError
from spaceledger.partitions import billing_region, has_cost_tags
from spaceledger.settings import AwsAccess, Settings
from spaceledger.sources.aws import account_of, client_of, session_of
from spaceledger.sources.billing import asked_with, billing_accesses, partition_for
from spaceledger.sources.bills import Problem
from spaceledger.sources.patience import pages
from spaceledger.sources.snapshots import Question, Snapshot

TAG_KEYS = (
    "sagemaker:domain-arn",
    "sagemaker:space-arn",
    "sagemaker:user-profile-arn",
    "ManagedByAmazonSageMakerResource",
)
ASKED = "cost allocation tags"
# Without it no bill names a space; the others name what is left.
_MOST_OF_ALL = "sagemaker:space-arn"
_PAYER_ALONE = "Linked account"

_TAGS = pa.schema([
    ("account_id", pa.string()), ("tag_key", pa.string()), ("tag_type", pa.string()),
    ("status", pa.string()), ("updated_on", pa.date32()), ("last_used_on", pa.date32()),
])  # fmt: skip
_BACKFILLS = pa.schema([
    ("account_id", pa.string()), ("requested_at", pa.timestamp("us")), ("backfill_from", pa.date32()),
    ("status", pa.string()), ("completed_at", pa.timestamp("us")),
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class TagState:
    """One key in the payer account: Active, Inactive or Unlisted (no resource had it yet)."""

    key: str
    status: str
    tag_type: str | None = None
    updated_on: date | None = None  # of an active key, when it was activated
    last_used_on: date | None = None


@dataclass(frozen=True, slots=True)
class Backfill:
    """One backfill: SUCCEEDED, PROCESSING or FAILED. Moments are UTC without a zone."""

    requested_at: datetime
    backfill_from: date
    status: str
    completed_at: datetime | None = None


@dataclass(frozen=True)
class CostTags:
    """What the payer account says of tags and backfills."""

    account_id: str
    tags: tuple[TagState, ...]
    backfills: tuple[Backfill, ...]


def questions(settings: Settings) -> Iterator[Question]:
    """One question for each way a bill in S3 is reached."""
    for access in billing_accesses(settings):
        yield Question(
            asked_as=asked_with(ASKED, access),
            ask=lambda access=access: snapshot_of(read_cost_tags(access)),  # type: ignore[misc]
            severity="notice",
            with_bills=True,
        )


def read_cost_tags(access: AwsAccess) -> CostTags:
    """Tags and backfills of the account of an access. Raises SourceError where AWS refuses."""
    where = asked_with(ASKED, access)
    session = session_of(access, where)
    partition = partition_for(access, session)
    if not has_cost_tags(partition):
        raise SourceError(
            f"cost allocation tags cannot be asked for in partition {partition}",
            where=where,
            todo="set billing_api = false of this source",
        )
    region = billing_region(partition)
    plain = access.model_copy(update={"endpoint_url": None})
    client = client_of("ce", plain, where, region=region, session=session)
    try:
        tags = tuple(_tags(client, where))
        backfills = tuple(_backfills(client, where))
    except SourceError as error:
        raise _of_the_payer(error) from None
    once = {each.requested_at: each for each in backfills}  # a list may shift between two pages
    return CostTags(account_of(access, region, where), tags, tuple(once.values()))


def _of_the_payer(error: SourceError) -> SourceError:
    """AWS denies a member account in words that no permission of its own can mend."""
    if _PAYER_ALONE.lower() not in error.said.lower():
        return error
    return SourceError(
        "this is a member account, and the payer account alone knows the cost allocation tags",
        where=error.where,
        todo="set role_arn of this source to a role in the payer account, or billing_api = false",
    )


def _tags(client: Any, where: str) -> Iterator[TagState]:
    found: dict[str, TagState] = {}
    for page in pages(
        client,
        "list_cost_allocation_tags",
        where=where,
        permission="ce:ListCostAllocationTags in the payer account",
        TagKeys=list(TAG_KEYS),
    ):
        for tag in page.get("CostAllocationTags") or ():
            told = TagState(
                tag["TagKey"], tag.get("Status", "Inactive"), tag.get("Type"),
                _day(tag.get("LastUpdatedDate")), _day(tag.get("LastUsedDate")),
            )  # fmt: skip
            found[told.key] = max(found.get(told.key, told), told, key=_standing)
    for key in TAG_KEYS:
        yield found.get(key) or TagState(key, "Unlisted")


def _standing(tag: TagState) -> tuple[bool, date]:
    """Of a key that is listed under two types, what stands: an active one, else the one changed last."""
    return tag.status == "Active", tag.updated_on or date.min


def _backfills(client: Any, where: str) -> Iterator[Backfill]:
    for page in pages(
        client,
        "list_cost_allocation_tag_backfill_history",
        where=where,
        permission="ce:ListCostAllocationTagBackfillHistory in the payer account",
    ):
        for told in page.get("BackfillRequests") or ():
            requested, begins = _moment(told.get("RequestedAt")), _day(told.get("BackfillFrom"))
            if requested and begins:
                yield Backfill(
                    requested, begins, str(told.get("BackfillStatus", "")), _moment(told.get("CompletedAt"))
                )  # fmt: skip


def _moment(text: object) -> datetime | None:
    """AWS's ZonedDateTime, 2026-11-01T00:00:00Z, as UTC without a zone."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _day(text: object) -> date | None:
    moment = _moment(text)
    return moment.date() if moment else None


def snapshot_of(told: CostTags) -> Snapshot:
    """The tables `cost_tags` and `tag_backfills`, and what to do about them."""
    source = f"{ASKED} {told.account_id}"
    tags = [
        {"account_id": told.account_id, "tag_key": tag.key, "tag_type": tag.tag_type,
         "status": tag.status, "updated_on": tag.updated_on, "last_used_on": tag.last_used_on}
        for tag in told.tags
    ]  # fmt: skip
    backfills = [
        {"account_id": told.account_id, "requested_at": each.requested_at,
         "backfill_from": each.backfill_from, "status": each.status, "completed_at": each.completed_at}
        for each in told.backfills
    ]  # fmt: skip
    return Snapshot(
        source,
        {
            "cost_tags": pa.Table.from_pylist(tags, _TAGS),
            "tag_backfills": pa.Table.from_pylist(backfills, _BACKFILLS),
        },
        tuple(problems_of(told)),
    )


def problems_of(told: CostTags) -> Iterator[Problem]:
    """What is not as it should be, each with its next step."""
    source = f"{ASKED} {told.account_id}"
    for tag in told.tags:
        step = activate(tag.key, told.account_id)
        where = f"tag {tag.key}"
        if tag.status == "Inactive":
            what = f"is not an active cost allocation tag: no bill carries it - {step}"
            severity = "warning" if tag.key == _MOST_OF_ALL else "notice"
            yield Problem(source, where, "tag_not_active", severity, what)
        elif tag.status != "Active":
            what = (
                "no resource of these accounts has it yet, or AWS has not listed it (up to 24 hours);"
                f" once it has: {step}"
            )
            yield Problem(source, where, "tag_not_seen", "notice", what)
    newest = max((each.requested_at for each in told.backfills), default=None)
    for each in told.backfills:
        step = backfill(each.backfill_from, told.account_id)
        where = f"backfill of {each.requested_at:%Y-%m-%d %H:%M}"
        span = f"{each.backfill_from:%Y-%m} to {each.requested_at:%Y-%m}"
        if each.status == "PROCESSING":
            what = f"AWS is rewriting the bills of {span}: tags of these months may still change"
            yield Problem(source, where, "tag_backfill_running", "notice", what)
        elif each.status == "FAILED" and each.requested_at == newest:
            what = f"AWS did not rewrite the bills of {span} - {step}"
            yield Problem(source, where, "tag_backfill_failed", "notice", what)


def activate(key: str, account_id: str) -> str:
    """The command that activates a key."""
    return (
        "run `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status"
        f" TagKey={key},Status=Active` in payer account {account_id}; it takes up to 24 hours"
    )


def backfill(first: date, account_id: str) -> str:
    """The command that has past bills rewritten, from the first day of a month on."""
    return (
        "run `aws ce start-cost-allocation-tag-backfill"
        f" --backfill-from {first:%Y-%m}-01T00:00:00Z` in payer account {account_id}; one a day is allowed"
    )


def backfill_wanted(told: CostTags, first_billed: date, today: date) -> tuple[str, date] | None:
    """The key activated after the first billed month, and the day from which to backfill; None if none.

    AWS goes back twelve months at most. A backfill that was asked for since is enough, unless it failed.
    """
    first = max(first_billed.replace(day=1), _twelve_months_back(today))
    for tag in told.tags:
        since = tag.updated_on
        if tag.status != "Active" or since is None or since <= first:
            continue
        done = any(
            each.status != "FAILED" and each.requested_at.date() >= since and each.backfill_from <= first
            for each in told.backfills
        )  # fmt: skip
        if not done:
            return tag.key, first
    return None


def _twelve_months_back(today: date) -> date:
    """The earliest first day of a month that lies in the last twelve months."""
    months = today.year * 12 + today.month - 1 - (12 if today.day == 1 else 11)
    return date(months // 12, months % 12 + 1, 1)


def rewritten(
    told: Iterable[Mapping[str, Any]], known: frozenset[tuple[str, datetime]]
) -> date | None:
    """The first day that backfills which are done, and not yet taken up, have rewritten.

    `told` are rows of `tag_backfills`; `known` are account and request of those taken up.
    """
    days: list[date] = [
        row["backfill_from"]
        for row in told
        if row["status"] == "SUCCEEDED" and (row["account_id"], row["requested_at"]) not in known
    ]
    return min(days, default=None)
