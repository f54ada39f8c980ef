"""What the SageMaker API tells of a region, and what it does not: through botocore's Stubber."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import AwsAccess, Settings, SpacesApi
from spaceledger.sources import aws, patience, spaces
from spaceledger.sources.patience import Patience
from spaceledger.sources.snapshots import Snapshot
from tests.aws import stubbed

ACCOUNT = "012345678901"
HEAD = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}"
MADE = datetime(2026, 9, 1, 10, 0, tzinfo=timezone(timedelta(hours=2)))
SORTED = {"SortBy": "CreationTime", "SortOrder": "Ascending", "MaxResults": 100}
LISTS = {
    "list_spaces": "sagemaker:ListSpaces",
    "list_user_profiles": "sagemaker:ListUserProfiles",
    "list_apps": "sagemaker:ListApps",
}


class Region:
    """Queues the answers of one region, in the order in which they are asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.stub = stubbed("sagemaker")
        self.sts, self.of_sts = stubbed("sts")
        made = {"sagemaker": self.client, "sts": self.sts}
        for module in (spaces, aws):
            monkeypatch.setattr(module, "client_of", lambda service, *_, **__: made[service])
        monkeypatch.setattr(patience, "PATIENCE", Patience(budget=5, first_wait=0, longest_wait=0))

    def domains(self, *ids: str) -> None:
        listed = [
            {"DomainArn": f"{HEAD}:domain/{d}", "DomainId": d, "DomainName": f"Name of {d}",
             "Status": "InService", "CreationTime": MADE}
            for d in ids
        ]  # fmt: skip
        self.stub.add_response("list_domains", {"Domains": listed}, {"MaxResults": 100})
        for domain_id in ids:
            self.described(domain_id)

    def described(self, domain_id: str) -> None:
        more = {
            "HomeEfsFileSystemId": f"fs-{domain_id}",
            "DomainSettings": {"ExecutionRoleIdentityConfig": "USER_PROFILE_NAME"},
        }
        self.stub.add_response("describe_domain", more, {"DomainId": domain_id})

    def page(self, operation: str, key: str, items: list[Any], **tokens: str) -> None:
        asked = SORTED | ({"NextToken": tokens["after"]} if "after" in tokens else {})
        told = {key: items} | ({"NextToken": tokens["token"]} if "token" in tokens else {})
        self.stub.add_response(operation, told, asked)

    def empty(self, *operations: str) -> None:
        for operation in operations:
            self.page(operation, KEYS[operation], [])

    def ask(self) -> Snapshot:
        return spaces.region_of(AwsAccess(), "us-east-1", "sagemaker us-east-1")


KEYS = {"list_spaces": "Spaces", "list_user_profiles": "UserProfiles", "list_apps": "Apps"}


@pytest.fixture
def region(monkeypatch: pytest.MonkeyPatch) -> Iterator[Region]:
    region = Region(monkeypatch)
    yield region
    region.stub.assert_no_pending_responses()
    region.of_sts.assert_no_pending_responses()


def space(name: str, **more: Any) -> dict[str, Any]:
    return {
        "DomainId": "d-abc",
        "SpaceName": name,
        "Status": "InService",
        "CreationTime": MADE,
    } | more


def names(snapshot: Snapshot, table: str, column: str) -> list[Any]:
    return snapshot.tables[table][column].to_pylist()


def test_a_region_is_told_whole(region: Region) -> None:
    region.domains("d-abc")
    region.page("list_spaces", "Spaces", [
        space(
            "Fraud-Models",
            SpaceDisplayName="Fraud <models>",
            LastModifiedTime=MADE + timedelta(days=1),
            SpaceSettingsSummary={
                "AppType": "JupyterLab",
                "SpaceStorageSettings": {"EbsStorageSettings": {"EbsVolumeSizeInGb": 50}},
            },
            SpaceSharingSettingsSummary={"SharingType": "Private"},
            OwnershipSettingsSummary={"OwnerUserProfileName": "Ana"},
        ),
        space("legacy"),
        space("elsewhere", DomainId="d-made-since"),
    ])  # fmt: skip
    profile = {
        "DomainId": "d-abc",
        "UserProfileName": "Ana",
        "Status": "InService",
        "CreationTime": MADE,
    }
    region.page("list_user_profiles", "UserProfiles", [profile])
    app = {"DomainId": "d-abc", "AppType": "JupyterLab", "AppName": "default", "Status": "InService",
           "CreationTime": MADE, "ResourceSpec": {"InstanceType": "ml.t3.medium"}}  # fmt: skip
    region.page("list_apps", "Apps", [
        app | {"SpaceName": "Fraud-Models"},
        app | {"UserProfileName": "Ana", "AppType": "KernelGateway"},
        app | {"SpaceName": "legacy", "Status": "Deleted"},
    ])  # fmt: skip
    told = region.ask()
    assert told.source == f"sagemaker {ACCOUNT} us-east-1"
    assert told.tables["api_regions"].to_pylist() == [
        {"account_id": ACCOUNT, "region": "us-east-1"}
    ]
    made = datetime(2026, 9, 1, 8, 0)
    assert told.tables["api_domains"].to_pylist() == [{
        "domain_arn": f"{HEAD}:domain/d-abc",
        "domain_name": "Name of d-abc",
        "status": "InService",
        "home_efs_file_system_id": "fs-d-abc",
        "execution_role_identity": "USER_PROFILE_NAME",
        "created_at": made,
    }]  # fmt: skip
    assert told.tables["api_spaces"].to_pylist() == [
        {
            "space_arn": f"{HEAD}:space/d-abc/fraud-models",
            "space_name": "Fraud-Models",
            "space_display_name": "Fraud <models>",
            "status": "InService",
            "sharing_type": "Private",
            "owner_user_profile_name": "Ana",
            "app_type": "JupyterLab",
            "storage_gb": 50,
            "created_at": made,
            "modified_at": datetime(2026, 9, 2, 8, 0),
        },
        {
            "space_arn": f"{HEAD}:space/d-abc/legacy",
            "space_name": "legacy",
            "space_display_name": None,
            "status": "InService",
            "sharing_type": None,
            "owner_user_profile_name": None,
            "app_type": None,
            "storage_gb": None,
            "created_at": made,
            "modified_at": None,
        },
    ]
    assert told.tables["api_user_profiles"].to_pylist() == [{
        "user_profile_arn": f"{HEAD}:user-profile/d-abc/ana",
        "user_profile_name": "Ana",
        "status": "InService",
        "created_at": made,
    }]  # fmt: skip
    assert [
        (row["app_arn"], row["space_arn"], row["user_profile_arn"], row["instance_type"])
        for row in told.tables["api_apps"].to_pylist()
    ] == [
        (f"{HEAD}:app/d-abc/fraud-models/jupyterlab/default", f"{HEAD}:space/d-abc/fraud-models", None,
         "ml.t3.medium"),
        (f"{HEAD}:app/d-abc/ana/kernelgateway/default", None, f"{HEAD}:user-profile/d-abc/ana",
         "ml.t3.medium"),
    ]  # fmt: skip


def test_all_pages_are_read_and_a_throttled_one_is_asked_for_again(region: Region) -> None:
    region.domains("d-abc", "d-two")
    region.page("list_spaces", "Spaces", [space("one")], token="2")
    region.stub.add_client_error("list_spaces", "ThrottlingException", http_status_code=400)
    region.stub.add_client_error("list_spaces", "InternalFailure", http_status_code=500)
    region.page("list_spaces", "Spaces", [space("two", DomainId="d-two")], after="2", token="3")
    region.page("list_spaces", "Spaces", [], after="3", token="4")
    region.page("list_spaces", "Spaces", [space("three")], after="4")
    region.empty("list_user_profiles", "list_apps")
    assert names(region.ask(), "api_spaces", "space_arn") == [
        f"{HEAD}:space/d-abc/one",
        f"{HEAD}:space/d-two/two",
        f"{HEAD}:space/d-abc/three",
    ]


def test_what_a_moving_list_tells_twice_is_told_once(region: Region) -> None:
    region.domains("d-abc")
    region.page("list_spaces", "Spaces", [space("one", Status="Updating")], token="2")
    region.page("list_spaces", "Spaces", [space("one", Status="InService")], after="2")
    region.empty("list_user_profiles", "list_apps")
    assert names(region.ask(), "api_spaces", "status") == ["InService"]


def test_domains_have_pages_too(region: Region) -> None:
    listed = {"DomainArn": f"{HEAD}:domain/d-abc", "DomainId": "d-abc", "DomainName": "one"}
    region.stub.add_response(
        "list_domains", {"Domains": [listed], "NextToken": "2"}, {"MaxResults": 100}
    )
    region.described("d-abc")
    other = {"DomainArn": f"{HEAD}:domain/d-two", "DomainId": "d-two", "DomainName": "two"}
    region.stub.add_response(
        "list_domains", {"Domains": [other]}, {"MaxResults": 100, "NextToken": "2"}
    )
    region.described("d-two")
    region.empty(*LISTS)
    assert names(region.ask(), "api_domains", "domain_name") == ["one", "two"]


def test_a_region_without_domains_names_its_account_and_says_that_there_is_nothing(
    region: Region,
) -> None:
    region.stub.add_response("list_domains", {"Domains": []}, {"MaxResults": 100})
    region.of_sts.add_response("get_caller_identity", {"Account": ACCOUNT, "UserId": "u"}, {})
    told = region.ask()
    assert told.source == f"sagemaker {ACCOUNT} us-east-1"
    assert {name: table.num_rows for name, table in told.tables.items()} == {
        "api_regions": 1, "api_domains": 0, "api_spaces": 0, "api_user_profiles": 0, "api_apps": 0,
    }  # fmt: skip


def test_a_domain_that_went_between_two_calls_is_left_out(region: Region) -> None:
    listed = [
        {"DomainArn": f"{HEAD}:domain/{d}", "DomainId": d, "DomainName": d}
        for d in ("d-went", "d-abc")
    ]
    region.stub.add_response("list_domains", {"Domains": listed}, {"MaxResults": 100})
    region.stub.add_client_error("describe_domain", "ResourceNotFound")
    region.described("d-abc")
    region.empty(*LISTS)
    assert names(region.ask(), "api_domains", "domain_arn") == [f"{HEAD}:domain/d-abc"]


def test_what_changes_by_itself_makes_no_other_snapshot(region: Region) -> None:
    app = {"DomainId": "d-abc", "SpaceName": "one", "AppType": "JupyterLab", "AppName": "default"}
    digests = []
    for status in ("Deleted", "Deleting", "Deleted"):
        region.domains("d-abc")
        region.page("list_spaces", "Spaces", [space("one")])
        region.empty("list_user_profiles")
        region.page("list_apps", "Apps", [app | {"Status": status}])
        digests.append(region.ask().digest)
    assert digests[0] == digests[2] != digests[1]


def before(operation: str) -> Callable[[Region], None]:
    """All that is answered before the call that fails."""

    def make(region: Region) -> None:
        if operation == "describe_domain":
            listed = {"DomainArn": f"{HEAD}:domain/d-abc", "DomainId": "d-abc", "DomainName": "one"}
            region.stub.add_response("list_domains", {"Domains": [listed]}, {"MaxResults": 100})
        elif operation != "list_domains":
            region.domains("d-abc")
            region.empty(*list(LISTS)[: list(LISTS).index(operation)])

    return make


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("list_domains", "sagemaker:ListDomains"),
        ("describe_domain", "sagemaker:DescribeDomain"),
        *LISTS.items(),
    ],
)
def test_any_call_that_is_denied_names_its_permission(
    region: Region, operation: str, permission: str
) -> None:
    before(operation)(region)
    region.stub.add_client_error(operation, "AccessDeniedException", "User is not authorized", 400)
    with pytest.raises(
        SourceError, match=rf"sagemaker us-east-1: access is denied .* allow {permission}:"
    ):
        region.ask()


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("ExpiredTokenException", 400, "the AWS credentials have expired"),
        ("ExpiredToken", 403, "the AWS credentials have expired"),
        (
            "UnrecognizedClientException",
            400,
            r"AWS does not know these credentials .* or enable that region for the account, or take it out",
        ),
        ("InvalidSignatureException", 400, "AWS does not know these credentials"),
        ("RequestTimeTooSkewed", 403, "this machine's clock is wrong"),
        ("KMSAccessDeniedException", 400, "AWS answered KMSAccessDeniedException"),
        ("ValidationException", 400, "AWS answered ValidationException"),
        ("ResourceNotFound", 400, "AWS answered ResourceNotFound"),
    ],
)
def test_a_refusal_is_one_line_and_no_half_list(
    region: Region, code: str, status: int, said: str
) -> None:
    region.domains("d-abc")
    region.page("list_spaces", "Spaces", [space("one")], token="2")
    region.stub.add_client_error("list_spaces", code, "no", status)
    with pytest.raises(SourceError, match=rf"^sagemaker us-east-1: {said}") as raised:
        region.ask()
    assert not isinstance(raised.value, TransientSourceError)
    assert "\n" not in raised.value.line()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("TooManyRequestsException", 429),
        ("RequestLimitExceeded", 503),
        ("InternalFailure", 500),
        ("ServiceUnavailable", 503),
        ("KMSThrottlingException", 400),
    ],
)
def test_what_is_throttled_for_ever_may_be_tried_again_and_is_no_half_list(
    region: Region, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=0))
    region.domains("d-abc")
    region.page("list_spaces", "Spaces", [space("one")], token="2")
    region.stub.add_client_error("list_spaces", code, "slow down", status)
    with pytest.raises(TransientSourceError, match=rf"AWS did not answer \({code}\)"):
        region.ask()


def test_without_a_region_or_credentials_the_error_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_PROFILE",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(SourceError, match=r"there are no AWS credentials - set AWS_PROFILE"):
        spaces.region_of(AwsAccess(), "us-east-1", "sagemaker us-east-1")
    with pytest.raises(SourceError, match=r"region"):
        spaces.region_of(AwsAccess(), "not a region", "sagemaker not a region")


def test_each_region_of_each_account_is_a_question_of_its_own() -> None:
    role = "arn:aws:iam::345678901234:role/reader"
    settings = Settings(
        home=Path(),
        spaces_api=(
            SpacesApi(regions=("us-east-1", "eu-west-1")),
            SpacesApi(regions=("us-east-1",), role_arn=role),
            SpacesApi(regions=("us-east-1",), profile="analytics"),
        ),
    )
    assert [question.asked_as for question in spaces.questions(settings)] == [
        "sagemaker us-east-1",
        "sagemaker eu-west-1",
        f"sagemaker us-east-1 as {role}",
        "sagemaker us-east-1 of profile analytics",
    ]
