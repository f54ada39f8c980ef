"""The SageMaker API beside bills and trails: a space that goes stays known, a region that is silent loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from spaceledger.cli import main
from spaceledger.sources import patience, spaces
from spaceledger.sources.patience import Patience
from tests.aws import Refusal, answering
from tests.bills import DOMAIN, OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_incremental import COMPARED, contents
from tests.ledger.test_incremental_events import EVENT_TABLES, call, event, write_log

CONFIGURATION = (
    'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
    '[[activity]]\nname = "trail"\nuri = "trail"\n'
    '[[spaces_api]]\nregions = ["us-east-1", "eu-west-1"]\n'
)
HERE = "sagemaker 012345678901 us-east-1"
MADE = datetime(2026, 1, 1, tzinfo=UTC)
KERNEL = "arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/churn/kernelgateway/py"


class Api:
    """A SageMaker of two regions, each with one domain; tests add spaces and profiles and take them away."""

    def __init__(self) -> None:
        self.spaces: dict[str, dict[str, dict[str, Any]]] = {"us-east-1": {}, "eu-west-1": {}}
        self.profiles: dict[str, list[str]] = {"us-east-1": [], "eu-west-1": []}
        self.refused: dict[str, Refusal] = {}
        self.calls: list[tuple[str, str]] = []

    def client_of(self, service: str, *_: object, region: str, **__: object) -> Any:
        return answering(service, lambda name, asked: self.answer(region, name), region)

    def answer(self, region: str, name: str) -> dict[str, Any]:
        self.calls.append((region, name))
        if region in self.refused:
            raise self.refused[region]
        named = {"DomainId": "d-abc", "Status": "InService", "CreationTime": MADE}
        if name == "ListDomains":
            arn = DOMAIN.replace("us-east-1", region)
            return {"Domains": [named | {"DomainArn": arn, "DomainName": f"lab {region}"}]}
        if name == "ListSpaces":
            told = self.spaces[region]
            return {"Spaces": [named | {"SpaceName": space} | more for space, more in told.items()]}
        if name == "ListUserProfiles":
            return {"UserProfiles": [named | {"UserProfileName": p} for p in self.profiles[region]]}
        app = {"AppType": "JupyterLab", "AppName": "default", "SpaceName": "Fraud",
               "ResourceSpec": {"InstanceType": "ml.t3.medium"}}  # fmt: skip
        told = [named | app] if region == "us-east-1" and name == "ListApps" else []
        return {"Apps": told} if told else {}


def private(owner: str) -> dict[str, Any]:
    return {
        "SpaceSharingSettingsSummary": {"SharingType": "Private"},
        "OwnershipSettingsSummary": {"OwnerUserProfileName": owner},
        "SpaceSettingsSummary": {"AppType": "JupyterLab"},
    }


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api()
    api.spaces["us-east-1"] = {"Fraud": private("Ana"), "churn": {"SpaceDisplayName": "Churn <b>"}}
    api.spaces["eu-west-1"] = {"far": {}}
    monkeypatch.setattr(spaces, "client_of", api.client_of)
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=0))
    return api


@pytest.fixture
def told(ledger: Ledger, api: Api) -> Ledger:
    ledger.configure(CONFIGURATION)
    write_log(ledger.root / "trail", "old", [event("ListSpaces", "2026-10-01T07:00:00Z", {})])
    write_cur(
        ledger.bill,
        "2026-10",
        [
            {"space": SPACE, "cost": "5", "day": "2026-10-03"},
            {"space": OTHER_SPACE, "cost": "7", "day": "2026-10-04"},
            {"resource": KERNEL, "cost": "3", "day": "2026-10-05"},
        ],
    )
    return ledger


SPACES = (
    "select space_name, space_display_name, domain_name, sharing_type, owner, app_type, status,"
    " deleted_at is not null, first_spend_date is not null, evidence from marts.spaces order by space_arn desc"
)


def test_names_owners_and_status_come_from_the_api(told: Ledger) -> None:
    assert told.run().exit_code == 0
    assert told.query(SPACES) == [
        (
            "Fraud",
            None,
            "lab us-east-1",
            "Private",
            "Ana",
            "JupyterLab",
            "InService",
            False,
            True,
            "tag",
        ),
        ("churn", "Churn <b>", "lab us-east-1", None, None, None, "InService", False, True, "tag"),
        ("far", None, "lab eu-west-1", None, None, None, "InService", False, False, "api"),
    ]
    assert told.query(
        "select distinct user_profile_arn from marts.space_spend_daily where space_name = 'Fraud'"
    ) == [("arn:aws:sagemaker:us-east-1:012345678901:user-profile/d-abc/ana",)]


def test_apps_that_run_now_are_one_query_away(told: Ledger) -> None:
    told.run()
    answer = CliRunner().invoke(
        main, ["sql", "running_apps", "--config", str(told.config), "--format", "csv"]
    )
    assert answer.exit_code == 0, answer.output
    assert "Fraud,,JupyterLab,default,ml.t3.medium,InService,2026-01-01 00:00:00" in answer.output


def test_nothing_new_is_no_run_and_takes_no_call_for_each_space(told: Ledger, api: Api) -> None:
    told.run()
    api.calls.clear()
    assert not told.run().published
    assert not told.run(only_activity=True).published
    assert sorted(api.calls) == sorted(
        2 * [(region, name) for region in api.spaces for name in (
            "ListDomains", "DescribeDomain", "ListSpaces", "ListUserProfiles", "ListApps"
        )]
    )  # fmt: skip


def test_a_space_that_goes_is_deleted_stays_known_and_keeps_its_spend(
    told: Ledger, api: Api
) -> None:
    told.run()
    spend = "select space_name, attribution_method, sum(billed_cost)::int from marts.space_spend_daily group by all order by all"
    before = told.query(spend)
    assert ("churn", "space_resource", 3) in before
    del api.spaces["us-east-1"]["churn"]
    assert told.run().published
    assert [(row[0], *row[6:9]) for row in told.query(SPACES)] == [
        ("Fraud", "InService", False, True),
        ("churn", "Deleted", True, True),
        ("far", "InService", False, False),
    ]
    assert told.query(spend) == before
    api.spaces["us-east-1"]["churn"] = {"CreationTime": MADE + timedelta(days=300)}
    told.run()
    assert told.query("select status, deleted_at from marts.spaces where space_name = 'churn'") == [
        ("InService", None)
    ]


def test_a_space_gone_before_the_api_was_first_asked_is_deleted(told: Ledger, api: Api) -> None:
    del api.spaces["us-east-1"]["churn"]
    told.run()
    assert told.query("select status, deleted_at from marts.spaces where space_name = 'churn'") == [
        ("Deleted", None)
    ]


@pytest.mark.parametrize(
    ("refusal", "problem", "said"),
    [
        (Refusal("AccessDeniedException"), "refused",
         "access is denied (AccessDeniedException); what it told before stands - allow"
         " sagemaker:ListDomains: `spaceledger iam-policy` prints the policy"),
        (Refusal("ThrottlingException"), "not_answered",
         "AWS did not answer (ThrottlingException); what it told before stands - run again"),
        (Refusal("ExpiredTokenException"), "refused",
         "the AWS credentials have expired; what it told before stands - sign in again"
         " (`aws sso login`), or renew the session token"),
    ],
)  # fmt: skip
def test_a_region_that_is_denied_loses_nothing_and_the_others_go_on(
    told: Ledger, api: Api, refusal: Refusal, problem: str, said: str
) -> None:
    told.run()
    api.refused["us-east-1"] = refusal
    del api.spaces["us-east-1"]["churn"]
    api.spaces["eu-west-1"]["new"] = {}
    outcome = told.run()
    assert (outcome.published, outcome.exit_code) == (True, 3)
    assert [(row[0], row[6]) for row in told.query(SPACES)] == [
        ("Fraud", "InService"),
        ("churn", "InService"),
        ("new", "InService"),
        ("far", "InService"),
    ]
    found = "select source, location, problem, severity, detail from marts.ingest_problems"
    assert told.query(found) == [(HERE, "sagemaker us-east-1", problem, "error", said)]
    again = told.run()
    assert (again.published, again.exit_code) == (False, 3)
    api.refused.clear()
    assert told.run().exit_code == 0
    assert told.query(found) == []
    assert told.query("select status from marts.spaces where space_name = 'churn'") == [
        ("Deleted",)
    ]


def test_a_first_run_that_is_denied_everything_publishes_the_bill(told: Ledger, api: Api) -> None:
    api.refused = {region: Refusal("AccessDeniedException") for region in api.spaces}
    assert told.run().exit_code == 3
    assert told.query("select source from marts.ingest_problems order by all") == [
        ("sagemaker eu-west-1",),
        ("sagemaker us-east-1",),
    ]
    assert told.query("select sum(billed_cost)::int from marts.space_spend_daily") == [(15,)]


def test_a_region_configured_no_longer_is_not_gone(told: Ledger) -> None:
    told.run()
    told.configure(CONFIGURATION.replace('"us-east-1", ', ""))
    told.run()
    assert [(row[0], row[3], row[6], row[7]) for row in told.query(SPACES)] == [
        ("Fraud", "Private", None, False),
        ("churn", None, None, False),
        ("far", None, "InService", False),
    ]


def test_step_by_step_equals_a_full_refresh(told: Ledger, api: Api) -> None:
    """Spaces and profiles decide whose an app is, and private spaces whose rows are."""
    trail = told.root / "trail"
    write_log(trail, "a", [call("CreateSpace", "ben", OTHER_SPACE, "2026-10-01T08:00:00Z")])
    told.run()
    method = f"select attribution_method from core.charge where resource_key = '{KERNEL}'"
    assert told.query(method) == [("space_resource",)]
    api.profiles["us-east-1"] = ["Churn"]
    assert told.run().built.periods == {"2026-10": "evidence"}  # type: ignore[union-attr]
    assert told.query(method) == [("unattributed",)]  # a space's name, and a profile's too
    del api.spaces["us-east-1"]["Fraud"]
    api.spaces["us-east-1"]["FRAUD"] = private("Eve") | {"CreationTime": MADE + timedelta(days=270)}
    assert told.run().built.periods == {"2026-10": "evidence"}  # type: ignore[union-attr]
    write_log(trail, "b", [call("DeleteSpace", "ben", OTHER_SPACE, "2026-10-20T08:00:00Z")])
    del api.spaces["us-east-1"]["churn"]
    told.run()
    tables = (*COMPARED, *EVENT_TABLES, "core.known_user_profile")
    incremental = contents(told, tables)
    assert told.run(full_refresh=True).published
    assert contents(told, tables) == incremental
    assert told.query(
        "select distinct space_name, user_profile_arn from marts.space_spend_daily where space_name ilike 'fraud'"
    ) == [("FRAUD", "arn:aws:sagemaker:us-east-1:012345678901:user-profile/d-abc/eve")]
