"""Filters of AWS's budgets: bound only where they are exactly some spaces or domains, else shown."""

from __future__ import annotations

from typing import Any

import pytest

from spaceledger.sources.budget_filters import filter_of, plain
from tests.bills import DOMAIN, OTHER_SPACE, SPACE

SHOUTED = SPACE.replace("fraud", "Fraud")
SPACES = {"Tags": {"Key": "sagemaker:space-arn", "Values": [SHOUTED, OTHER_SPACE]}}
ONE = {"Tags": {"Key": "user:sagemaker:space-arn", "Values": [SPACE], "MatchOptions": ["EQUALS"]}}
OTHER = {"Tags": {"Key": "sagemaker:space-arn", "Values": [OTHER_SPACE]}}
OF_DOMAIN = {"Tags": {"Key": "sagemaker:domain-arn", "Values": [DOMAIN]}}
ELSEWHERE = {"Tags": {"Key": "sagemaker:domain-arn", "Values": [DOMAIN.replace("d-abc", "d-x")]}}
ACCOUNTS = {"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["012345678901", "210987654321"]}}
SERVICE = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon SageMaker"]}}


def tag(key: str, *values: str, **more: Any) -> dict[str, Any]:
    return {"Tags": {"Key": key, "Values": list(values), **more}}


def tree(node: dict[str, Any]) -> dict[str, Any]:
    return {"FilterExpression": node}


def old(**filters: list[str]) -> dict[str, Any]:
    return {"CostFilters": filters}


@pytest.mark.parametrize(
    ("budget", "sets"),
    [
        (tree(SPACES), {"space": {SPACE, OTHER_SPACE}}),
        (tree(ONE), {"space": {SPACE}}),
        (tree(OF_DOMAIN), {"domain": {DOMAIN}}),
        (tree({"Or": [ONE, OTHER]}), {"space": {SPACE, OTHER_SPACE}}),
        (tree({"And": [SPACES, ONE]}), {"space": {SPACE}}),
        (tree({"And": [ONE, OF_DOMAIN]}), {"space": {SPACE}}),
        (
            tree({"And": [ONE, ACCOUNTS]}),
            {"space": {SPACE}, "account": {"012345678901", "210987654321"}},
        ),
        (
            tree({"And": [{"And": [ONE]}, {"Dimensions": {"Key": "REGION", "Values": ["us-east-1"]}},
                          {"Dimensions": {"Key": "SERVICE_CODE", "Values": ["AmazonSageMaker"]}}]}),
            {"space": {SPACE}, "region": {"us-east-1"}, "service": {"AmazonSageMaker"}},
        ),
        (tree(tag("sagemaker:space-arn", SPACE, MatchOptions=["CASE_INSENSITIVE"])), {"space": {SPACE}}),
        (old(TagKeyValue=[f"user:sagemaker:space-arn${SHOUTED}"]), {"space": {SPACE}}),
        (
            old(TagKeyValue=[f"sagemaker:space-arn${SPACE}", f"user:sagemaker:space-arn${OTHER_SPACE}"],
                LinkedAccount=["012345678901"], Region=["us-east-1"]),
            {"space": {SPACE, OTHER_SPACE}, "account": {"012345678901"}, "region": {"us-east-1"}},
        ),
    ],
)  # fmt: skip
def test_exact_filters_are_bound(budget: dict[str, Any], sets: dict[str, set[str]]) -> None:
    found = filter_of(budget)
    assert found.not_bound_because == ""
    assert found.sets == sets


@pytest.mark.parametrize(
    ("budget", "because"),
    [
        ({}, "has no filter: it counts all of its account"),
        (old(), "has no filter: it counts all of its account"),
        (tree({"Not": ONE}), "leaves something out (NOT)"),
        (tree({"And": [ONE, {"Not": ACCOUNTS}]}), "leaves something out (NOT)"),
        (tree({"And": [ONE, SERVICE]}), "filters by SERVICE"),
        (tree({"Or": [ONE, ACCOUNTS]}), "joins different conditions (OR)"),
        (tree({"Or": [ONE, OF_DOMAIN]}), "joins different conditions (OR)"),
        (tree({"Or": [{"And": [ONE, ACCOUNTS]}, OTHER]}), "joins different conditions (OR)"),
        (tree({"And": [ONE, OTHER]}), "no charge can meet all of its conditions"),
        (tree({"And": [ONE, ELSEWHERE]}), "no space can meet all of its conditions"),
        (tree(ACCOUNTS), "names no space and no domain"),
        (tree({"CostCategories": {"Key": "Team", "Values": ["Risk"]}}), "filters by cost category"),
        (tree(tag("sagemaker:user-profile-arn", "x")), "filters by tag sagemaker:user-profile-arn"),
        (tree(tag("LINKED_ACCOUNT", "1")), "filters by tag LINKED_ACCOUNT"),
        (tree({"Dimensions": {"Key": "sagemaker:space-arn", "Values": [SPACE]}}), "filters by sagemaker:space-arn"),
        (tree(tag("sagemaker:space-arn", MatchOptions=["ABSENT"])), "filters by a part of sagemaker:space-arn"),
        (tree(tag("sagemaker:space-arn", "arn:aws", MatchOptions=["STARTS_WITH"])),
         "filters by a part of sagemaker:space-arn"),
        (tree(tag("sagemaker:space-arn", SPACE, "fraud")), "names a space that is no space ARN"),
        (tree(tag("sagemaker:space-arn")), "names a space that is no space ARN"),
        (tree(tag("sagemaker:domain-arn", SPACE)), "names a domain that is no domain ARN"),
        (tree({"Dimensions": {"Key": "REGION", "Values": []}}), "has a condition without values"),
        (tree({"And": [{}]}), "has a condition that says nothing"),
        (tree({"And": [ONE], "Tags": OTHER["Tags"]}), "mixes conditions unsaid"),
        (tree({"ProductAttributes": {"Key": "x"}}), "filters by product attribute"),
        (old(TagKeyValue=[f"user:sagemaker:space-arn${SPACE}", "user:team$risk"]),
         "filters by several tags at once"),
        (old(TagKeyValue=["user:sagemaker:space-arn$"]), "names a space that is no space ARN"),
        (old(Service=["Amazon SageMaker"]), "filters by Service"),
    ],
)  # fmt: skip
def test_everything_else_says_why_it_is_not(budget: dict[str, Any], because: str) -> None:
    found = filter_of(budget)
    assert (found.not_bound_because, found.sets) == (because, {})


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (tree(ONE), f"tag sagemaker:space-arn is {SPACE}"),
        (
            tree({"And": [{"Or": [OF_DOMAIN, tag("team", "a", "", MatchOptions=["CONTAINS"])]},
                          {"Not": SERVICE}]}),
            f"(tag sagemaker:domain-arn is {DOMAIN} or tag team contains a or empty)"
            " and not (SERVICE is Amazon SageMaker)",
        ),
        (tree(tag("team", MatchOptions=["ABSENT"])), "tag team is absent"),
        (old(Service=["Amazon SageMaker"], Region=["us-east-1", "eu-west-1"]),
         "Region is us-east-1 or eu-west-1 and Service is Amazon SageMaker"),
        (old(TagKeyValue=["user:a$x$y", "user:b$z"]), "tag a is x$y; tag b is z"),
        (tree({"CostCategories": {"Key": "Te\nam\x1b[31m", "Values": ["<b>"]}}),
         "cost category Te am [31m is <b>"),
    ],
)  # fmt: skip
def test_filters_read_as_words(budget: dict[str, Any], words: str) -> None:
    assert filter_of(budget).words == words


def test_a_deep_tree_is_cut_and_never_bound() -> None:
    node = ONE
    for _ in range(5000):
        node = {"And": [node]}
    found = filter_of(tree(node))
    assert (found.words, found.not_bound_because) == ("…", "is nested too deeply")


def test_a_long_filter_is_cut() -> None:
    found = filter_of(tree(tag("team", *(f"value-{number}" for number in range(1000)))))
    assert len(found.words) == 2000
    assert found.words.endswith("…")
    assert plain("a\u202eb") == "a b"
