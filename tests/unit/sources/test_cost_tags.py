"""Cost allocation tags and backfills through botocore's Stubber, and the next step for each state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import CostSource, Settings
from spaceledger.sources import patience
from spaceledger.sources.cost_tags import (
    TAG_KEYS,
    Backfill,
    CostTags,
    TagState,
    backfill_wanted,
    problems_of,
    questions,
    read_cost_tags,
    rewritten,
    snapshot_of,
)
from spaceledger.sources.patience import Patience
from tests import stubbed
from tests.stubbed import StubbedAws

PAYER = "210987654321"
ACME = CostSource(name="acme", uri="s3://bills/cur", region="eu-west-1")
SPACE_TAG, DOMAIN_TAG = "sagemaker:space-arn", "sagemaker:domain-arn"
TAGS, BACKFILLS = "list_cost_allocation_tags", "list_cost_allocation_tag_backfill_history"
WHERE = "cost allocation tags"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubbedAws]:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    played = stubbed.install(monkeypatch)
    yield played
    played.nothing_left()


def tag(key: str = SPACE_TAG, status: str = "Active", **more: Any) -> dict[str, Any]:
    return {"TagKey": key, "Type": "UserDefined", "Status": status, **more}


def request(status: str = "SUCCEEDED", **more: Any) -> dict[str, Any]:
    return {
        "BackfillFrom": "2026-01-01T00:00:00Z",
        "RequestedAt": "2026-11-20T08:00:00Z",
        "BackfillStatus": status,
        **more,
    }


def caller(aws: StubbedAws) -> None:
    aws.answers("sts", "get_caller_identity", {"Account": PAYER})


def test_tags_and_backfills_are_read_page_by_page(aws: StubbedAws) -> None:
    keys = {"TagKeys": list(TAG_KEYS)}
    first = tag(LastUpdatedDate="2026-03-02T10:00:00Z", LastUsedDate="2026-11-01T00:00:00Z")
    aws.answers("ce", TAGS, {"CostAllocationTags": [first], "NextToken": "2"}, expect=keys)
    aws.answers("ce", TAGS, "LimitExceededException: slower", "ThrottlingException")
    aws.answers(
        "ce", TAGS, {"CostAllocationTags": [tag(DOMAIN_TAG, "Inactive")]},
        expect={**keys, "NextToken": "2"},
    )  # fmt: skip
    aws.answers("ce", BACKFILLS, {"BackfillRequests": [request()], "NextToken": "2"})
    done = request(RequestedAt="2026-06-01T10:00:00+02:00", CompletedAt="2026-06-02T00:00:00Z")
    aws.answers(
        "ce", BACKFILLS, {"BackfillRequests": [done, {"BackfillStatus": "FAILED"}]}, expect={"NextToken": "2"}
    )  # fmt: skip
    caller(aws)
    told = read_cost_tags(ACME)
    assert told == CostTags(
        PAYER,
        (
            TagState(DOMAIN_TAG, "Inactive", "UserDefined"),
            TagState(SPACE_TAG, "Active", "UserDefined", date(2026, 3, 2), date(2026, 11, 1)),
            TagState("sagemaker:user-profile-arn", "Unlisted"),
            TagState("ManagedByAmazonSageMakerResource", "Unlisted"),
        ),
        (
            Backfill(datetime(2026, 11, 20, 8), date(2026, 1, 1), "SUCCEEDED"),
            Backfill(datetime(2026, 6, 1, 8), date(2026, 1, 1), "SUCCEEDED", datetime(2026, 6, 2)),
        ),
    )
    # The region of the bucket is not that of billing.
    assert set(aws.asked) == {("ce", "us-east-1"), ("sts", "us-east-1")}
    snapshot = snapshot_of(told)
    assert snapshot.source == f"cost allocation tags {PAYER}"
    assert snapshot.tables["cost_tags"].num_rows == 4
    assert snapshot.tables["tag_backfills"].num_rows == 2


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (("Active", "2026-03-02"), ("Inactive", "2026-10-07"), ("Active", date(2026, 3, 2))),
        (("Active", "2026-03-02"), ("Inactive", None), ("Active", date(2026, 3, 2))),
        (("Inactive", "2026-03-02"), ("Inactive", "2026-10-07"), ("Inactive", date(2026, 10, 7))),
        (("Inactive", None), ("Inactive", "2026-10-07"), ("Inactive", date(2026, 10, 7))),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_key_of_two_types_is_active_where_one_is(
    aws: StubbedAws,
    first: tuple[str, str | None],
    second: tuple[str, str | None],
    stands: tuple[str, date],
    turned: bool,
) -> None:
    listed = [
        tag(status=status, Type=kind, **({"LastUpdatedDate": f"{day}T00:00:00Z"} if day else {}))
        for kind, (status, day) in (("UserDefined", first), ("AWSGenerated", second))
    ]
    pages = [{"CostAllocationTags": [each]} for each in (listed[::-1] if turned else listed)]
    aws.answers("ce", TAGS, pages[0] | {"NextToken": "2"}, pages[1])
    aws.answers("ce", BACKFILLS, {"BackfillRequests": []})
    caller(aws)
    (found,) = (each for each in read_cost_tags(ACME).tags if each.key == SPACE_TAG)
    assert (found.status, found.updated_on) == stands


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("AccessDeniedException: Linked account doesn't have access to cost allocation tags.",
         "this is a member account, and the payer account alone knows the cost allocation tags"),
        ("AccessDeniedException: User is not authorized to perform: ce:ListCostAllocationTags",
         "allow ce:ListCostAllocationTags in the payer account"),
        ("ExpiredTokenException: expired", "the AWS credentials have expired"),
        ("UnrecognizedClientException: invalid",
         "AWS does not know these credentials (UnrecognizedClientException)"
         " - correct the access key, or profile of this source"),
        ("InvalidNextTokenException: bad", "AWS answered InvalidNextTokenException: bad"),
        ("DataUnavailableException: not ready", "AWS answered DataUnavailableException: not ready"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do(aws: StubbedAws, answer: str, line: str) -> None:
    aws.answers("ce", TAGS, answer)
    with pytest.raises(SourceError) as refused:
        read_cost_tags(ACME)
    assert refused.value.line().startswith(f"{WHERE}: ")
    assert line in refused.value.line()
    assert "regions" not in refused.value.line()
    assert not isinstance(refused.value, TransientSourceError)


def test_the_member_account_is_told_of_the_way_to_the_payer(aws: StubbedAws) -> None:
    aws.answers("ce", TAGS, {"CostAllocationTags": []})
    aws.answers("ce", BACKFILLS, "AccessDeniedException: Linked account doesn't have access")
    with pytest.raises(SourceError, match=r"set role_arn .* or billing_api = false"):
        read_cost_tags(ACME)


def test_who_is_throttled_for_ever_knows_nothing(
    aws: StubbedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=0, first_wait=0, longest_wait=0))
    aws.answers("ce", TAGS, {"CostAllocationTags": [tag()], "NextToken": "2"})
    aws.answers("ce", TAGS, "ThrottlingException")
    with pytest.raises(TransientSourceError, match="did not answer"):
        read_cost_tags(ACME)


@pytest.mark.parametrize(
    ("region", "asked"),
    [("cn-north-1", "cn-northwest-1"), ("us-iso-east-1", "us-iso-east-1")],
)
def test_each_partition_is_asked_in_its_own_region(
    aws: StubbedAws, region: str, asked: str
) -> None:
    aws.answers("ce", TAGS, {"CostAllocationTags": []})
    aws.answers("ce", BACKFILLS, {"BackfillRequests": []})
    caller(aws)
    read_cost_tags(ACME.model_copy(update={"region": region}))
    assert {asked} == {where for _, where in aws.asked}


@pytest.mark.usefixtures("aws")
def test_a_partition_without_cost_explorer_is_not_waited_for() -> None:
    with pytest.raises(SourceError, match=r"aws-us-gov - set billing_api = false"):
        read_cost_tags(ACME.model_copy(update={"region": "us-gov-west-1"}))


def test_bills_reached_alike_are_asked_for_once_and_stores_never() -> None:
    role = "arn:aws:iam::210987654321:role/payer"
    costs = [
        {"name": "a", "uri": "s3://bills/a"},
        {"name": "b", "uri": "s3://bills/b", "role": "compare", "region": "eu-west-1"},
        {"name": "c", "uri": "s3://bills/c", "role_arn": role, "external_id": "sesame"},
        {"name": "d", "uri": "s3://bills/d", "profile": "finance"},
        {"name": "e", "uri": "s3://bills/e", "endpoint_url": "http://127.0.0.1:1"},
        {"name": "f", "uri": "s3://bills/f", "profile": "off", "billing_api": False},
        {"name": "g", "uri": "/bills"},
    ]
    asked = list(questions(Settings.model_validate({"home": ".", "costs": costs})))
    assert [question.asked_as for question in asked] == [
        WHERE, f"{WHERE} as {role}", f"{WHERE} of profile finance",
    ]  # fmt: skip
    assert {(question.severity, question.with_bills) for question in asked} == {("notice", True)}


def told(*tags: TagState, backfills: tuple[Backfill, ...] = ()) -> CostTags:
    return CostTags(PAYER, tags, backfills)


def test_each_state_has_its_next_step() -> None:
    older = Backfill(datetime(2026, 10, 1), date(2026, 9, 1), "FAILED")
    found = list(problems_of(told(
        TagState(SPACE_TAG, "Inactive"), TagState(DOMAIN_TAG, "Inactive"), TagState("x", "Unlisted"),
        TagState("y", "Active"),
        backfills=(older, Backfill(datetime(2026, 11, 1, 8), date(2026, 5, 1), "PROCESSING")),
    )))  # fmt: skip
    assert [(each.problem, each.severity) for each in found] == [
        ("tag_not_active", "warning"), ("tag_not_active", "notice"), ("tag_not_seen", "notice"),
        ("tag_backfill_running", "notice"),
    ]  # fmt: skip
    assert (
        "`aws ce update-cost-allocation-tags-status --cost-allocation-tags-status"
        f" TagKey={SPACE_TAG},Status=Active` in payer account {PAYER}"
    ) in found[0].detail
    assert "AWS is rewriting the bills of 2026-05 to 2026-11" in found[3].detail
    (failed,) = problems_of(told(backfills=(older,)))
    assert failed.problem == "tag_backfill_failed"
    assert (
        "start-cost-allocation-tag-backfill --backfill-from 2026-09-01T00:00:00Z" in failed.detail
    )


LATE = TagState(SPACE_TAG, "Active", None, date(2026, 10, 7))


@pytest.mark.parametrize(
    ("state", "first_billed", "today", "wanted"),
    [
        (told(LATE), date(2026, 9, 3), date(2026, 11, 24), (SPACE_TAG, date(2026, 9, 1))),
        # AWS goes back twelve months: the bills before stay as they are.
        (told(LATE), date(2024, 1, 1), date(2026, 11, 24), (SPACE_TAG, date(2025, 12, 1))),
        (told(LATE), date(2024, 1, 1), date(2026, 11, 1), (SPACE_TAG, date(2025, 11, 1))),
        (told(LATE), date(2026, 11, 1), date(2026, 11, 24), None),
        (told(TagState(SPACE_TAG, "Inactive", None, date(2026, 10, 7))), date(2026, 9, 1), date(2026, 11, 24), None),
        (told(TagState(SPACE_TAG, "Active")), date(2026, 9, 1), date(2026, 11, 24), None),
        (told(LATE, backfills=(Backfill(datetime(2026, 10, 8), date(2026, 9, 1), "SUCCEEDED"),)),
         date(2026, 9, 1), date(2026, 11, 24), None),
        (told(LATE, backfills=(Backfill(datetime(2026, 10, 8), date(2026, 9, 1), "PROCESSING"),)),
         date(2026, 9, 1), date(2026, 11, 24), None),
        (told(LATE, backfills=(Backfill(datetime(2026, 10, 8), date(2026, 9, 1), "FAILED"),)),
         date(2026, 9, 1), date(2026, 11, 24), (SPACE_TAG, date(2026, 9, 1))),
        (told(LATE, backfills=(Backfill(datetime(2026, 10, 1), date(2026, 9, 1), "SUCCEEDED"),)),
         date(2026, 9, 1), date(2026, 11, 24), (SPACE_TAG, date(2026, 9, 1))),
        (told(LATE, backfills=(Backfill(datetime(2026, 10, 8), date(2026, 10, 1), "SUCCEEDED"),)),
         date(2026, 9, 1), date(2026, 11, 24), (SPACE_TAG, date(2026, 9, 1))),
    ],
)  # fmt: skip
def test_which_backfill_to_ask_for(
    state: CostTags, first_billed: date, today: date, wanted: tuple[str, date] | None
) -> None:
    assert backfill_wanted(state, first_billed, today) == wanted


def test_a_finished_backfill_is_taken_up_once() -> None:
    requested = datetime(2026, 11, 20, 8)
    rows = [
        {"account_id": PAYER, "requested_at": requested, "backfill_from": date(2026, 3, 1), "status": "SUCCEEDED"},
        {"account_id": PAYER, "requested_at": datetime(2026, 11, 22), "backfill_from": date(2026, 1, 1),
         "status": "PROCESSING"},
    ]  # fmt: skip
    assert rewritten(rows, frozenset()) == date(2026, 3, 1)
    assert rewritten(rows, frozenset({(PAYER, requested)})) is None
    assert rewritten(rows, frozenset({("012345678901", requested)})) == date(2026, 3, 1)
