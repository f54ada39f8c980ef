"""Who makes the calls in the demo's trail: people through SSO, a shared execution role, a pipeline."""

from __future__ import annotations

from typing import Any

from spaceledger.demo.scenario import Domain


def sso_person(domain: Domain, person: str) -> dict[str, Any]:
    """A person in a role of IAM Identity Center; the session bears the person's name."""
    role = "AWSReservedSSO_DataScientist_8f3c1d2e4b5a6978"
    return _session(domain, role, f"{person}@acme.example", path="aws-reserved/sso.amazonaws.com/")


def execution_role(domain: Domain, person: str | None) -> dict[str, Any]:
    """Studio's execution role, which all share; a source identity tells the person where it is set."""
    identity = _session(domain, "SageMakerExecutionRole", "SageMaker")
    if person:
        identity["sessionContext"]["sourceIdentity"] = person
    return identity


def pipeline_role(domain: Domain) -> dict[str, Any]:
    """A deployment pipeline: nobody in person."""
    return _session(domain, "deploy-role", "GitHubActions")


def _session(domain: Domain, role: str, session: str, path: str = "") -> dict[str, Any]:
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{session}",
        "arn": f"arn:aws:sts::{domain.account}:assumed-role/{role}/{session}",
        "accountId": domain.account,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": f"arn:aws:iam::{domain.account}:role/{path}{role}",
                "accountId": domain.account,
                "userName": role,
            },
            "attributes": {"mfaAuthenticated": "false"},
        },
    }
