"""The least policy: every source gets what it needs and nothing more, in its own partition."""

from __future__ import annotations

from pathlib import Path

import pytest

from spaceledger.iam import policy
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
