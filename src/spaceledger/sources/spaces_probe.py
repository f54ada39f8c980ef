"""Asks SageMaker for a little of everything a run asks it for, to tell every permission that is missing."""

from __future__ import annotations

from spaceledger.errors import SourceError
from spaceledger.settings import AwsAccess
from spaceledger.sources.aws import client_of
from spaceledger.sources.patience import ask, pages

_LISTS = (
    ("list_spaces", "sagemaker:ListSpaces"),
    ("list_user_profiles", "sagemaker:ListUserProfiles"),
    ("list_apps", "sagemaker:ListApps"),
)


def probe(access: AwsAccess, region: str, where: str) -> tuple[int, tuple[SourceError, ...]]:
    """How many domains a region has, and what is refused of the rest.

    Raises SourceError where not even domains are told.
    """
    client = client_of("sagemaker", access, where, region=region)
    domains = [
        domain["DomainId"]
        for page in pages(client, "list_domains", where=where, permission="sagemaker:ListDomains")
        for domain in page.get("Domains", ())
    ]
    asked = [(operation, permission, {"MaxResults": 1}) for operation, permission in _LISTS]
    if domains:
        asked.append(("describe_domain", "sagemaker:DescribeDomain", {"DomainId": domains[0]}))
    missing = []
    for operation, permission, arguments in asked:
        try:
            ask(client, operation, where=where, permission=permission, **arguments)
        except SourceError as error:
            missing.append(error)
    return len(domains), tuple(missing)
