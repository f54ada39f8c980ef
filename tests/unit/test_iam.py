"""The least policy: every source gets what it needs and nothing more, in its own partition."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spaceledger import sources
from spaceledger.errors import ConfigError
from spaceledger.iam import Identity, identities, identity_of, policy
from spaceledger.settings import Settings


def settings(**given: object) -> Settings:
    return Settings.model_validate({"home": Path("home"), **given})


def actions(document: dict) -> set[str]:
    return {action for statement in document["Statement"] for action in statement["Action"]}


def test_local_folders_need_nothing() -> None:
    assert policy(settings(costs=[{"name": "a", "uri": "/bills"}]))["Statement"] == []


def test_a_bucket_is_read_below_its_prefix_alone() -> None:
    document = policy(settings(costs=[{"name": "a", "uri": "s3://bills/cur/acme/"}]))
    listing, reading = document["Statement"][:2]
    assert listing["Resource"] == ["arn:aws:s3:::bills"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["cur/acme/", "cur/acme/*"]}}
    assert reading["Resource"] == ["arn:aws:s3:::bills/cur/acme/*"]
    assert not actions(document) & {"s3:PutObject", "s3:*", "sagemaker:ListSpaces"}


@pytest.mark.parametrize(
    ("access", "partition"),
    [
        ({"region": "cn-north-1"}, "aws-cn"),
        ({"region": "us-gov-west-1"}, "aws-us-gov"),
        ({"region": "eusc-de-east-1"}, "aws-eusc"),
        ({"region": "us-iso-east-1"}, "aws-iso"),
        ({"region": "us-isob-east-1"}, "aws-iso-b"),
        ({"region": "us-isof-south-1"}, "aws-iso-f"),
        ({"region": "eu-isoe-west-1"}, "aws-iso-e"),
        ({"role_arn": "arn:aws-cn:iam::123456789012:role/reader"}, "aws-cn"),
        ({"region": "eu-west-1"}, "aws"),
    ],
)
def test_each_partition(access: dict, partition: str) -> None:
    document = policy(settings(costs=[{"name": "a", "uri": "s3://bills", **access}]))
    assert document["Statement"][0]["Resource"] == [f"arn:{partition}:s3:::bills"]
    assert document["Statement"][1]["Resource"] == [f"arn:{partition}:s3:::bills/*"]


def test_each_api_asks_for_its_own_calls() -> None:
    role = "arn:aws:iam::123456789012:role/reader"
    document = policy(
        settings(
            activity=[{"name": "t", "api": "lookup-events"}],
            spaces_api=[{"regions": ["us-east-1"], "role_arn": role}],
            aws_budgets=[{"account_id": "210987654321"}],
        )
    )
    assert {"cloudtrail:LookupEvents", "sagemaker:ListSpaces", "budgets:ViewBudget"} <= actions(
        document
    )
    by_sid = {statement["Sid"]: statement for statement in document["Statement"]}
    assert by_sid["Budgets"]["Resource"] == ["arn:aws:budgets::210987654321:budget/*"]
    assert by_sid["Roles"] == {
        "Sid": "Roles",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": [role],
    }


def by_sid(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in document["Statement"]}


BILL = {"name": "a", "uri": "s3://bills/cur"}
ROLE = "arn:aws:iam::123456789012:role/payer"


@pytest.mark.parametrize(
    ("region", "billing", "exports"),
    [
        ("eu-west-1",
         ["bcm-data-exports:ListExports", "ce:ListCostAllocationTagBackfillHistory",
          "ce:ListCostAllocationTags", "cur:DescribeReportDefinitions"],
         ["arn:aws:bcm-data-exports:us-east-1:*:export/*"]),
        ("cn-north-1",
         ["bcm-data-exports:ListExports", "ce:ListCostAllocationTagBackfillHistory",
          "ce:ListCostAllocationTags", "cur:DescribeReportDefinitions"],
         ["arn:aws-cn:bcm-data-exports:cn-northwest-1:*:export/*"]),
        ("us-iso-east-1", ["ce:ListCostAllocationTagBackfillHistory", "ce:ListCostAllocationTags"], None),
        ("eusc-de-east-1", ["ce:ListCostAllocationTagBackfillHistory", "ce:ListCostAllocationTags"], None),
        ("us-gov-west-1", None, None),
    ],
)  # fmt: skip
def test_billing_is_asked_for_where_it_answers(
    region: str, billing: list[str] | None, exports: list[str] | None
) -> None:
    found = by_sid(policy(settings(costs=[BILL | {"region": region}])))
    assert found.get("Billing", {}).get("Action") == billing
    assert found.get("Exports", {}).get("Resource") == exports


@pytest.mark.parametrize("more", [{"billing_api": False}, {"endpoint_url": "http://127.0.0.1:1"}])
def test_what_is_not_asked_is_not_allowed(more: dict[str, Any]) -> None:
    assert set(by_sid(policy(settings(costs=[BILL | more])))) == {"List1", "Read1"}


def test_a_partition_is_known_by_what_else_is_configured() -> None:
    space = "arn:aws-us-gov:sagemaker:us-gov-west-1:345678901234:space/d-abc/fraud"
    document = policy(
        settings(
            costs=[BILL],
            budgets=[{"name": "b", "space": space, "amount": 1, "period": "monthly"}],
            aws_budgets=[{"account_id": "210987654321"}],
        )
    )
    assert by_sid(document)["Read1"]["Resource"] == ["arn:aws-us-gov:s3:::bills/cur/*"]
    assert by_sid(document)["Budgets"]["Resource"] == [
        "arn:aws-us-gov:budgets::210987654321:budget/*"
    ]


def test_calls_without_resources_are_held_to_their_regions() -> None:
    document = policy(
        settings(
            activity=[{"name": "t", "api": "lookup-events", "regions": ["us-east-1"]}],
            spaces_api=[{"regions": ["us-east-1", "eu-west-1"]}, {"regions": ["ap-south-1"]}],
        )
    )
    found = by_sid(document)
    assert found["Events"]["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}}
    assert found["Spaces"]["Condition"] == {
        "StringEquals": {"aws:RequestedRegion": ["ap-south-1", "eu-west-1", "us-east-1"]}
    }


def test_keys_are_used_through_s3_alone() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    found = by_sid(policy(settings(costs=[BILL]), kms_keys=[key]))
    assert found["Decrypt"] == {
        "Sid": "Decrypt", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [key],
        "Condition": {"StringLike": {"kms:ViaService": ["s3.*"]}},
    }  # fmt: skip
    assert policy(settings(costs=[{"name": "a", "uri": "/x"}]), kms_keys=[key])["Statement"] == []


def test_each_identity_has_a_policy_of_its_own() -> None:
    configured = settings(
        costs=[BILL | {"role_arn": ROLE, "profile": "finance"}],
        activity=[{"name": "t", "uri": "s3://trail"}],
        spaces_api=[{"regions": ["us-east-1"], "profile": "science"}],
        aws_budgets=[{"account_id": "210987654321", "role_arn": ROLE}],
    )
    assert identities(configured) == (
        Identity(), Identity("finance"), Identity("science"), Identity(role_arn=ROLE),
    )  # fmt: skip
    allowed = {str(each): set(by_sid(policy(configured, each))) for each in identities(configured)}
    assert allowed == {
        "the credentials that runs start with": {"List1", "Read1", "Roles"},
        "profile finance": {"Roles"},
        "profile science": {"Spaces"},
        f"role {ROLE}": {"List1", "Read1", "Billing", "Exports", "Budgets"},
    }
    assert identity_of(configured, None, None) == Identity()
    assert identity_of(configured, None, ROLE) == Identity(role_arn=ROLE)
    with pytest.raises(ConfigError, match="no source uses profile nobody - the configuration uses"):
        identity_of(configured, "nobody", None)
    assert identity_of(settings(), None, None) is None


# Calls whose permission is not named as the call is, and what takes none.
NAMED_OTHERWISE = {
    "budgets:DescribeBudgets": "budgets:ViewBudget",
}
FREE = {"sts:GetCallerIdentity"}


def permissions_named() -> Iterator[str]:
    """What the sources say to ask for where a call is denied, from their own code."""
    for path in Path(sources.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield from re.findall(r"\b(?:s3|ce|cur|budgets|cloudtrail|sagemaker|sts|bcm-data-exports):[A-Z]\w+", node.value)  # fmt: skip


def operations_called() -> Iterator[str]:
    """Names of the operations that are handed to `ask` and `pages`, or to helpers over them."""
    for path in Path(sources.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for given in node.args:
                    if isinstance(given, ast.Constant) and re.fullmatch(
                        r"(?:list|describe|get|lookup)_[a-z_]+", str(given.value)
                    ):
                        yield str(given.value)


def test_every_call_that_is_made_is_allowed_and_no_other() -> None:
    everything = policy(
        settings(
            costs=[BILL | {"role_arn": ROLE}],
            activity=[{"name": "t", "api": "lookup-events", "regions": ["us-east-1"]}],
            spaces_api=[{"regions": ["us-east-1"]}],
            aws_budgets=[{"account_id": "210987654321"}],
        )
    )
    allowed = actions(everything) - {"sts:AssumeRole"}
    verbs = {action.split(":")[1] for action in allowed} | {"GetCallerIdentity", "DescribeBudgets"}
    called = {"".join(part.title() for part in name.split("_")) for name in operations_called()}
    assert {"ListCostAllocationTags", "ListDomains", "LookupEvents", "GetExport"} <= called
    assert called <= verbs
    named = {NAMED_OTHERWISE.get(each, each) for each in permissions_named()} - FREE
    # What a person, a role or AWS itself is to be allowed, as texts say.
    assert named - {"s3:RestoreObject", "s3:PutObject", "sts:AssumeRole"} <= allowed
    # Nothing is allowed that no call asks for.
    assert {action.split(":")[1] for action in allowed} - {
        "ViewBudget",
        "GetObject",
        "ListBucket",
    } <= called
