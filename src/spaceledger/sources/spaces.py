"""Domains, spaces, user profiles and apps as the SageMaker API lists them, region by region.

Four lists tell it all (botocore sagemaker 2017-07-24): describing each space and profile would take a
call for each, every hour, and add only what changes by itself or can be made of the domain's ARN.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pyarrow as pa

from spaceledger.arn import DomainArn
from spaceledger.errors import SourceError
from spaceledger.settings import AwsAccess, Settings
from spaceledger.sources.aws import account_of, client_of
from spaceledger.sources.patience import ask, pages
from spaceledger.sources.snapshots import Question, Snapshot

_PAGE = 100
# In the order they were made, what is made while pages are read comes last and moves nothing.
_OLDEST_FIRST = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": _PAGE}

_TEXT = pa.string()
_TIME = pa.timestamp("us")
_REGIONS = pa.schema([("account_id", _TEXT), ("region", _TEXT)])
_DOMAINS = pa.schema(
    [
        ("domain_arn", _TEXT),
        ("domain_name", _TEXT),
        ("status", _TEXT),
        ("home_efs_file_system_id", _TEXT),
        ("execution_role_identity", _TEXT),
        ("created_at", _TIME),
    ]
)
_SPACES = pa.schema(
    [
        ("space_arn", _TEXT),
        ("space_name", _TEXT),
        ("space_display_name", _TEXT),
        ("status", _TEXT),
        ("sharing_type", _TEXT),
        ("owner_user_profile_name", _TEXT),
        ("app_type", _TEXT),
        ("storage_gb", pa.int32()),
        ("created_at", _TIME),
        ("modified_at", _TIME),
    ]
)
_USER_PROFILES = pa.schema(
    [
        ("user_profile_arn", _TEXT),
        ("user_profile_name", _TEXT),
        ("status", _TEXT),
        ("created_at", _TIME),
    ]
)
_APPS = pa.schema(
    [
        ("app_arn", _TEXT),
        ("space_arn", _TEXT),
        ("user_profile_arn", _TEXT),
        ("app_type", _TEXT),
        ("app_name", _TEXT),
        ("instance_type", _TEXT),
        ("status", _TEXT),
        ("created_at", _TIME),
    ]
)

Item = Mapping[str, Any]


def questions(settings: Settings) -> Iterator[Question]:
    """One question for each region of each `[[spaces_api]]`."""
    for api in settings.spaces_api:
        for region in api.regions:
            by = f" as {api.role_arn}" if api.role_arn else ""
            by += f" of profile {api.profile}" if api.profile else ""
            asked_as = f"sagemaker {region}{by}"
            yield Question(asked_as, partial(region_of, api, region, asked_as))


def region_of(access: AwsAccess, region: str, where: str) -> Snapshot:
    """All domains of a region of the account that `access` reaches, and all that is in them.

    Raises SourceError where any part of it is not told: half a list would say that the rest is gone.
    """
    client = client_of("sagemaker", access, where, region=region)
    domains: dict[str, tuple[DomainArn, Item]] = {}
    for item in _all(client, "list_domains", "Domains", where, MaxResults=_PAGE):
        arn = DomainArn.parse(item["DomainArn"])
        described = _described(client, item["DomainId"], where) if arn else None
        if arn and described is not None:
            domains[item["DomainId"]] = arn, {**item, **described}
    spaces = _within(domains, client, "list_spaces", "Spaces", where)
    profiles = _within(domains, client, "list_user_profiles", "UserProfiles", where)
    apps = _within(domains, client, "list_apps", "Apps", where)
    accounts = sorted({arn.account_id for arn, _ in domains.values()})
    account = accounts[0] if accounts else account_of(access, region, where)
    return Snapshot(
        f"sagemaker {account} {region}",
        {
            "api_regions": _table([{"account_id": account, "region": region}], _REGIONS),
            "api_domains": _table((_domain(*found) for found in domains.values()), _DOMAINS),
            "api_spaces": _table((_space(*found) for found in spaces), _SPACES),
            "api_user_profiles": _table((_profile(*found) for found in profiles), _USER_PROFILES),
            "api_apps": _table((_app(*found) for found in apps if _is_there(found[1])), _APPS),
        },
    )


def _all(client: Any, operation: str, key: str, where: str, **arguments: Any) -> Iterator[Item]:
    verb = "".join(part.capitalize() for part in operation.split("_"))
    for page in pages(client, operation, where=where, permission=f"sagemaker:{verb}", **arguments):
        yield from page.get(key, ())


def _within(
    domains: Mapping[str, tuple[DomainArn, Item]], client: Any, operation: str, key: str, where: str
) -> list[tuple[DomainArn, Item]]:
    """Each item with its domain. What lies in a domain made since the domains were listed waits."""
    if not domains:
        return []
    found = _all(client, operation, key, where, **_OLDEST_FIRST)
    return [(domains[item["DomainId"]][0], item) for item in found if item["DomainId"] in domains]


def _described(client: Any, domain_id: str, where: str) -> Item | None:
    """More of a domain; None where it went since it was listed."""
    asked = {"where": where, "permission": "sagemaker:DescribeDomain", "DomainId": domain_id}
    try:
        return ask(client, "describe_domain", **asked)
    except SourceError as error:
        if error.code in {"ResourceNotFound", "ResourceNotFoundException"}:
            return None
        raise


def _is_there(app: Item) -> bool:
    """A deleted app stays listed for a while."""
    return app.get("Status") != "Deleted"


def _domain(arn: DomainArn, item: Item) -> Item:
    return {
        "domain_arn": str(arn),
        "domain_name": item.get("DomainName"),
        "status": item.get("Status"),
        "home_efs_file_system_id": item.get("HomeEfsFileSystemId"),
        "execution_role_identity": item.get("DomainSettings", {}).get(
            "ExecutionRoleIdentityConfig"
        ),
        "created_at": item.get("CreationTime"),
    }


def _space(domain: DomainArn, item: Item) -> Item:
    settings = item.get("SpaceSettingsSummary", {})
    storage = settings.get("SpaceStorageSettings", {}).get("EbsStorageSettings", {})
    return {
        "space_arn": _arn(domain, "space", item["SpaceName"]),
        "space_name": item["SpaceName"],
        "space_display_name": item.get("SpaceDisplayName"),
        "status": item.get("Status"),
        "sharing_type": item.get("SpaceSharingSettingsSummary", {}).get("SharingType"),
        "owner_user_profile_name": item.get("OwnershipSettingsSummary", {}).get(
            "OwnerUserProfileName"
        ),
        "app_type": settings.get("AppType"),
        "storage_gb": storage.get("EbsVolumeSizeInGb"),
        "created_at": item.get("CreationTime"),
        "modified_at": item.get("LastModifiedTime"),
    }


def _profile(domain: DomainArn, item: Item) -> Item:
    return {
        "user_profile_arn": _arn(domain, "user-profile", item["UserProfileName"]),
        "user_profile_name": item["UserProfileName"],
        "status": item.get("Status"),
        "created_at": item.get("CreationTime"),
    }


def _app(domain: DomainArn, item: Item) -> Item:
    space, profile = item.get("SpaceName"), item.get("UserProfileName")
    name = f"{space or profile}/{item['AppType']}/{item['AppName']}"
    return {
        "app_arn": _arn(domain, "app", name),
        "space_arn": _arn(domain, "space", space) if space else None,
        "user_profile_arn": _arn(domain, "user-profile", profile) if profile else None,
        "app_type": item["AppType"],
        "app_name": item["AppName"],
        "instance_type": item.get("ResourceSpec", {}).get("InstanceType"),
        "status": item.get("Status"),
        "created_at": item.get("CreationTime"),
    }


def _arn(domain: DomainArn, kind: str, name: str) -> str:
    """Lower case, as every key; botocore's shapes say how it is built (AppArn, SpaceArn)."""
    head = str(domain).rpartition(":")[0]
    return f"{head}:{kind}/{domain.domain_id}/{name}".lower()


def _table(rows: Iterable[Item], schema: pa.Schema) -> pa.Table:
    """Each thing once, by its ARN and the time it was made: a list that moves may tell one twice."""
    told = [{name: _cell(value) for name, value in row.items()} for row in rows]
    once = {(row[schema.names[0]], row.get("created_at")): row for row in told}
    return pa.Table.from_pylist(list(once.values()), schema)


def _cell(value: object) -> object:
    """UTC without a zone; text that a table can hold."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
