"""Activity of spaces equals what an independent script counts in the raw log files."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from spaceledger.paths import scenario_path
from spaceledger.pipeline import Outcome
from tests.bills import write_cur
from tests.conftest import Ledger
from tests.independent.activity import Activity, aliases_in, count_activity
from tests.independent.random_trail import RandomTrail
from tests.independent.samples import sample
from tests.independent.trail_files import read_trail

DEMO = scenario_path().parent
ROUNDED = Decimal("1e-9")  # of hours; both sides divide seconds by 3600


def read_alone(ledger: Ledger, trail: Path, more: str = "") -> Outcome:
    """A run on a trail and on a bill that has nothing of SageMaker."""
    write_cur(ledger.bill, "2026-09", [{"product": "AmazonEC2"}])
    ledger.configure(
        f'home = "home"\n{more}[[costs]]\nname = "acme"\nuri = "bill"\n'
        f'[[activity]]\nname = "trail"\nuri = "{trail}"\n'
    )
    return ledger.run()


def counted_days(activity: Activity) -> dict[tuple[date, str], tuple]:
    return {
        key: (
            day.event_count, day.write_event_count, day.error_count, day.active_users,
            day.unidentified_event_count, day.apps_started, day.app_hours.quantize(ROUNDED),
            day.peak_concurrent_users,
        )
        for key, day in activity.days.items()
    }  # fmt: skip


def ledger_days(ledger: Ledger) -> dict[tuple[date, str], tuple]:
    found = ledger.query(
        "select activity_date, space_arn, event_count, write_event_count, error_count, active_users,"
        " unidentified_event_count, apps_started, app_hours, peak_concurrent_users"
        " from marts.space_activity_daily"
    )
    return {row[:2]: (*row[2:8], row[8].quantize(ROUNDED), row[9]) for row in found}


def counted_users(activity: Activity) -> dict[tuple, tuple]:
    return {
        key: (
            user.evidence, user.event_count, user.write_event_count,
            user.first_event_at.replace(tzinfo=None), user.last_event_at.replace(tzinfo=None),
        )
        for key, user in activity.users.items()
    }  # fmt: skip


def ledger_users(ledger: Ledger) -> dict[tuple, tuple]:
    found = ledger.query(
        "select activity_date, space_arn, account_id, lower(user_name), identity_evidence, event_count,"
        " write_event_count, first_event_at, last_event_at from marts.space_users_daily"
    )
    return {row[:4]: row[4:] for row in found}


def counted_spaces(activity: Activity) -> dict[str, tuple]:
    def utc(moment: datetime | None) -> datetime | None:
        return moment.replace(tzinfo=None) if moment else None

    return {
        space: (utc(life.created_at), utc(life.deleted_at), life.sharing_type, utc(life.last_activity_at))
        for space in activity.known.spaces
        for life in [activity.lives[space]]
    }  # fmt: skip


def ledger_spaces(ledger: Ledger) -> dict[str, tuple]:
    found = ledger.query(
        "select space_arn, created_at, deleted_at, sharing_type, last_activity_at from marts.spaces"
    )
    return {row[0]: row[1:] for row in found}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    ledger = Ledger(tmp_path_factory.mktemp("demo"))
    text = (DEMO / "spaceledger.toml").read_text()
    for name in ("owners.csv", "acme-billing", "acme-exports", "acme-trail"):
        text = text.replace(f'"{name}', f'"{DEMO / name}')
    ledger.configure(text.replace('home = "../demo"', 'home = "home"'))
    assert ledger.run(as_of=date(2026, 10, 21)).exit_code == 0
    return ledger


@pytest.fixture(scope="module")
def demo_activity() -> Activity:
    trail = read_trail(DEMO / "acme-trail")
    return count_activity(trail.records, aliases_in(DEMO / "owners.csv"))


def test_the_demo_has_the_days_of_spaces_counted_in_its_log_files(
    demo: Ledger, demo_activity: Activity
) -> None:
    counted = counted_days(demo_activity)
    assert len(counted) > 800
    assert ledger_days(demo) == counted


def test_the_demo_has_the_people_counted_in_its_log_files(
    demo: Ledger, demo_activity: Activity
) -> None:
    counted = counted_users(demo_activity)
    assert len({name for *_, name in counted}) == 9
    assert ledger_users(demo) == counted


def test_the_demo_has_the_lives_of_spaces_told_in_its_log_files(
    demo: Ledger, demo_activity: Activity
) -> None:
    counted = counted_spaces(demo_activity)
    assert len(counted) == 9
    assert ledger_spaces(demo) == counted


@pytest.mark.parametrize("seed", range(4))
def test_a_random_trail_gives_what_is_counted_in_its_log_files(ledger: Ledger, seed: int) -> None:
    folder = ledger.root / "trail"
    RandomTrail(seed).write(folder)
    (ledger.root / "owners.csv").write_text(
        "alias,user_name\nana,Ana Lopes\nid-ana,Ana Lopes\nben@acme.example,Ben Cole\nBEN,Ben Cole\n"
    )
    read_alone(ledger, folder, 'owners = "owners.csv"\n')
    activity = count_activity(read_trail(folder).records, aliases_in(ledger.root / "owners.csv"))
    assert ledger_days(ledger) == counted_days(activity)
    assert ledger_users(ledger) == counted_users(activity)
    assert ledger_spaces(ledger) == counted_spaces(activity)


# Trails written by others.
PROBLEMS = "select problem, severity, location from marts.ingest_problems"
SPACE_MARTS = (
    "spaces", "space_activity_daily", "space_users_daily", "space_users_monthly",
    "space_people_monthly", "app_hours_daily", "unattended_spend",
)  # fmt: skip


def rows_of_spaces(ledger: Ledger) -> int:
    return sum(ledger.query(f"select count(*) from marts.{mart}")[0][0] for mart in SPACE_MARTS)


def record_count(ledger: Ledger) -> int:
    return ledger.query("select coalesce(sum(event_count), 0) from marts.trail_events_daily")[0][0]


def test_a_trail_without_sagemaker_adds_nothing_to_any_space(ledger: Ledger) -> None:
    folder = sample("cloudtrail/invictus-aws_dataset")
    assert read_alone(ledger, folder).exit_code == 0
    assert ledger.query(PROBLEMS) == []
    assert rows_of_spaces(ledger) == 0
    assert record_count(ledger) == len(read_trail(folder).records) == 2900


def test_bare_arrays_of_records_are_read(ledger: Ledger) -> None:
    folder = sample("cloudtrail/stratus-red-team")
    assert read_alone(ledger, folder).exit_code == 0
    assert ledger.query(PROBLEMS) == []
    assert rows_of_spaces(ledger) == 0
    assert record_count(ledger) == len(read_trail(folder).records) == 310


def test_a_file_that_is_not_json_is_set_aside_and_the_others_are_read(ledger: Ledger) -> None:
    folder = sample("cloudtrail/suzaku-stratus")
    assert read_alone(ledger, folder).exit_code == 3
    trail = read_trail(folder)
    [(problem, severity, location)] = ledger.query(PROBLEMS)
    assert (problem, severity) == ("broken_trail_file", "error")
    assert [Path(location).name] == trail.refused_files == ["CreateApiKey.json"]
    assert rows_of_spaces(ledger) == 0
    assert record_count(ledger) == len(trail.records) == 270


def test_a_packed_file_and_its_unpacked_copy_are_read_once_and_a_digest_is_no_log(
    ledger: Ledger,
) -> None:
    folder = ledger.root / "trail"
    for name in ("trailscraper", "digest"):
        shutil.copytree(sample(f"cloudtrail/{name}"), folder / name)
    assert len([path for path in folder.rglob("*.json*") if path.is_file()]) == 3
    assert read_alone(ledger, folder).exit_code == 0
    assert ledger.query(PROBLEMS) == []
    assert record_count(ledger) == len(read_trail(folder).records) == 2
    assert ledger.query("select count(*) from raw.trail_files") == [(1,)]


SSO = ("adanalvarez", "sso_session")
NOBODY = (None, "unidentified")
# What each line of sagemaker-records.jsonl becomes: event_id, event_at, event_name, region, account_id,
# is_write, person and evidence, resource_arn, space_arn. None: set aside, it does not say when.
BECOMES = {
    1: ("60676d3f-b625-4ee9-8381-db80b228ea13", "2026-02-08 16:31:26", "ListTrainingJobs",
        "us-east-1", "111111111111", False, *SSO, None, None),
    2: ("1cbe20ca-13f9-4345-b451-7f503db80918", "2026-02-08 16:31:22", "ListEndpoints",
        "us-east-1", "111111111111", False, *SSO, None, None),
    3: ("f0c344e2-ad9b-44e7-89cc-97145c5721d0", "2026-02-08 16:31:19", "ListModels",
        "us-east-1", "111111111111", False, *SSO, None, None),
    # A session of another role names nobody.
    4: ("382018e7-b5af-4926-a66f-a23b6c548a47", "2025-10-27 00:00:52", "ListNotebookInstances",
        "us-east-1", "830834166987", False, *NOBODY, None, None),
    # A service made it.
    5: ("78478c6d-6742-4c0c-a3c7-d7a14d19402e", "2026-01-02 09:18:24", "ListTags",
        "us-east-1", "956882708938", False, *NOBODY,
        "arn:aws:sagemaker:us-east-1:956882708938:notebook-instance/anemanotebook", None),
    # The caller's account and not the one that was told; no readOnly, so its name says it writes.
    6: ("a6f85b21-EXAMPLE", "2018-01-02 13:39:06", "CreateEndpoint", "us-west-2", "123456789012",
        True, "intern", "iam_user",
        "arn:aws:sagemaker:us-west-2:123456789012:endpoint/exampleendpoint", None),
    7: ("event-id", "2023-01-01 01:00:00", "PutRecord", "us-east-1", "123456789012", True,
        "your-user-name", "iam_user", None, None),
    8: None,
    # Unwrapped from the answer of LookupEvents; without account and region its space has no ARN.
    9: ("e1", "2026-08-03 22:22:31", "CreateApp", None, None, True, *NOBODY, None, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def sagemaker_records(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    lines = sample("cloudtrail/sagemaker-records.jsonl").read_text().splitlines()
    ledger = Ledger(tmp_path_factory.mktemp("records"))
    folder = ledger.root / "trail"
    folder.mkdir()
    for number, line in enumerate(lines, start=1):
        log = {"Records": [json.loads(line)["record"]]}
        (folder / f"{number}.json").write_text(json.dumps(log))
    assert read_alone(ledger, folder).exit_code == 0
    return ledger


@pytest.mark.parametrize("line", BECOMES)
def test_a_sagemaker_record_of_another_hand_becomes(sagemaker_records: Ledger, line: int) -> None:
    found = sagemaker_records.query(
        "select event_id, event_at::varchar, event_name, region, account_id, is_write,"
        " lower(user_name), identity_evidence, resource_arn, space_arn"
        " from core.trail_event as events"
        " join raw.trail_files as files on events.file_id = files.file_id"
        f" where object_key = '{line}.json'"
    )
    becomes = BECOMES[line]
    assert found == ([becomes] if becomes else [])


def test_sagemaker_records_of_other_hands_name_no_space_and_one_has_no_time(
    sagemaker_records: Ledger,
) -> None:
    [(problem, severity, location)] = sagemaker_records.query(PROBLEMS)
    assert (problem, severity, Path(location).name) == ("bad_trail_records", "warning", "8.json")
    assert rows_of_spaces(sagemaker_records) == 0
    assert record_count(sagemaker_records) == 8
