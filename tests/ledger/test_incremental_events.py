"""Whatever the order in which bills and events arrive, what is built step by step equals what is built at once."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spaceledger.errors import SourceError
from spaceledger.sources.objects import LocalStore, StoredObject
from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import Ledger
from tests.ledger.test_incremental import COMPARED, contents

PERIODS = ("2026-07", "2026-08", "2026-09")
ENDPOINTS = ("red", "blue")
EVENT_TABLES = (
    "core.trail_event",
    "core.activity",
    "core.tag_change",
    "core.app_day",
    "core.space_life",
    "core.space_owner",
    "core.known_space",
    "marts.space_activity_daily",
    "marts.space_activity_hourly",
    "marts.space_users_daily",
    "marts.space_users_monthly",
    "marts.space_people_monthly",
    "marts.app_hours_daily",
    "marts.unattended_spend",
    "marts.trail_events_daily",
)
CONFIGURATION = (
    'home = "home"\n[[costs]]\nname = "acme"\nuri = "{0}bill"\n'
    '[[activity]]\nname = "trail"\nuri = "{0}trail"\n'
)
Event = dict[str, object]


def arn(endpoint: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:012345678901:endpoint/{endpoint}"


def event(name: str, moment: str, request: Event, **more: object) -> Event:
    """A call; two with the same words are copies of one."""
    mark = hashlib.sha256(f"{name}{moment}{request}".encode()).hexdigest()
    return {
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "accountId": "012345678901", "userName": "kim"},
        "eventTime": moment,
        "eventSource": "sagemaker.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "requestParameters": request,
        "responseElements": None,
        "eventID": mark[:32],
        "recipientAccountId": "012345678901",
    } | more


def call(kind: str, endpoint: str, space: str, moment: str) -> Event:
    tags = [{"key": "sagemaker:space-arn", "value": space}]
    if kind == "CreateEndpoint":
        return event(kind, moment, {"endpointName": endpoint, "tags": tags if space else []})
    if kind == "DeleteEndpoint":
        return event(kind, moment, {"endpointName": endpoint})
    if kind == "AddTags":
        return event(kind, moment, {"resourceArn": arn(endpoint), "tags": tags})
    if kind == "DeleteTags":
        return event(
            kind, moment, {"resourceArn": arn(endpoint), "tagKeys": ["sagemaker:space-arn"]}
        )
    name = (space or SPACE).rsplit("/", 1)[1]
    named = {"domainId": "d-abc", "spaceName": name}
    if kind in {"CreateApp", "DeleteApp"}:
        named |= {"appType": "KernelGateway", "appName": endpoint}
    if kind == "CreateSpace":
        named |= {"spaceSharingSettings": {"sharingType": "Private"},
                  "ownershipSettings": {"ownerUserProfileName": endpoint}}  # fmt: skip
    return event(kind, moment, named)


def write_log(folder: Path, name: str, events: list[Event]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json.gz").write_bytes(
        gzip.compress(json.dumps({"Records": events}).encode(), mtime=0)
    )


calls = st.builds(
    call,
    st.sampled_from(
        ["CreateEndpoint", "CreateEndpoint", "DeleteEndpoint", "AddTags", "DeleteTags", "CreateApp",
         "DeleteApp", "CreateSpace", "DeleteSpace", "UpdateSpace"]
    ),
    st.sampled_from(ENDPOINTS),
    st.sampled_from([SPACE, OTHER_SPACE, ""]),
    st.builds(
        "{}-{}T{}Z".format,
        st.sampled_from(PERIODS),
        st.sampled_from(["04", "13", "14", "26"]),
        st.sampled_from(["00:00:00", "08:30:00", "17:45:10"]),
    ),
)  # fmt: skip
changed = st.tuples(calls, st.sampled_from(["", "shared", "addendum", "failed"]))


def as_delivered(drawn: tuple[Event, str], number: int) -> Event:
    told, how = drawn
    if how == "shared":
        return told | {"sharedEventID": told["eventID"], "eventID": f"copy-{number}"}
    if how == "addendum":
        return told | {"eventID": f"addendum-{number}", "readOnly": "false",
                       "addendum": {"originalEventID": told["eventID"]}}  # fmt: skip
    return told | ({"errorCode": "AccessDenied"} if how == "failed" else {})


logs = st.tuples(
    st.just("log"), st.sampled_from(["a", "b", "c", "d"]), st.lists(changed, min_size=1, max_size=6)
)
lines = st.lists(
    st.tuples(st.sampled_from(ENDPOINTS), st.sampled_from([SPACE, "", ""]),
              st.sampled_from(["04", "13", "14", "27"]), st.integers(1, 5000)),
    min_size=1, max_size=5,
)  # fmt: skip
bills = st.tuples(st.just("bill"), st.sampled_from(PERIODS), lines)
arrivals = st.lists(st.one_of(logs, bills), min_size=3, max_size=6)


def deliver(folder: Path, number: int, arrival: tuple) -> None:
    kind, name, content = arrival
    if kind == "log":
        told = [as_delivered(drawn, n) for n, drawn in enumerate(content)]
        write_log(folder / "trail", name, told)
        return
    rows = [
        {"resource": arn(endpoint), "cost": f"{cost}e-2", "day": f"{name}-{day}"}
        | ({"space": space} if space else {})
        for endpoint, space, day, cost in content
    ]
    write_cur(folder / "bill", name, rows, assembly=f"assembly-{number}")


def everything(ledger: Ledger) -> dict[str, list[tuple]]:
    return contents(ledger, (*COMPARED, *EVENT_TABLES))


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=arrivals)
def test_incremental_equals_full_with_events(drawn: list) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        ledger = Ledger(folder)
        ledger.configure(CONFIGURATION.format(""))
        (folder / "trail").mkdir()
        write_cur(
            folder / "bill", "2026-08", [{"resource": arn("red"), "cost": "7", "day": "2026-08-14"}]
        )
        ledger.run()
        for number, arrival in enumerate(drawn):
            deliver(folder, number, arrival)
            assert ledger.run(only_activity=arrival[0] == "log").exit_code == 0
        incremental = everything(ledger)
        assert ledger.run(full_refresh=True).published
        assert everything(ledger) == incremental

        (folder / "fresh").mkdir()
        fresh = Ledger(folder / "fresh")
        fresh.configure(CONFIGURATION.format("../"))
        fresh.run()
        assert everything(fresh) == incremental


def test_a_late_event_for_one_closed_month_of_twelve_rewrites_that_month_alone(
    ledger: Ledger,
) -> None:
    ledger.configure(CONFIGURATION.format(""))
    months = [f"2025-{month:02d}" for month in range(9, 13)]
    months += [f"2026-{month:02d}" for month in range(1, 9)]
    for month in months:
        rows = [
            {"resource": arn(f"{month}-{n}"), "day": f"{month}-{n + 1:02d}", "cost": "2"}
            for n in range(9)
        ]
        write_cur(ledger.bill, month, [*rows, {"space": SPACE, "day": f"{month}-01", "cost": "1"}])
    write_log(ledger.root / "trail", "early", [event("ListSpaces", "2025-09-01T08:00:00Z", {})])
    first = ledger.run()
    assert first.built is not None
    assert first.built.rows_written["core.charge"] == 120

    late = call("CreateEndpoint", "2026-02-4", SPACE, "2026-02-05T11:00:00Z")
    write_log(ledger.root / "trail", "late", [late])
    second = ledger.run()
    assert second.built is not None
    assert second.built.periods == {"2026-02": "evidence"}
    assert second.built.rows_written["core.charge"] == 10
    assert ledger.query(
        "select billing_period, space_arn, cause, effective_cost_before::int, effective_cost_after::int"
        " from marts.restatements order by 2 nulls last"
    ) == [("2026-02", SPACE, "evidence", 1, 3), ("2026-02", None, "evidence", 18, 16)]
    assert ledger.query(
        "select attribution_method, attribution_evidence from core.charge"
        f" where resource_key = '{arn('2026-02-4')}'"
    ) == [(
        "space_event",
        f"CloudTrail event {late['eventID']}: CreateEndpoint, space tag of its request",
    )]  # fmt: skip


def test_new_events_alone_are_taken_in_without_looking_at_bills(ledger: Ledger) -> None:
    ledger.configure(CONFIGURATION.format(""))
    write_cur(ledger.bill, "2026-08", [{"resource": arn("red"), "cost": "7", "day": "2026-08-14"}])
    write_log(ledger.root / "trail", "one", [event("ListSpaces", "2026-08-01T08:00:00Z", {})])
    ledger.run()
    write_cur(ledger.bill, "2026-09", [{"resource": arn("red"), "cost": "9", "day": "2026-09-14"}])
    assert not ledger.run(only_activity=True).published
    write_log(
        ledger.root / "trail", "two", [call("CreateEndpoint", "red", SPACE, "2026-08-14T01:00:00Z")]
    )
    outcome = ledger.run(only_activity=True)
    assert outcome.read == (("trail", 1, 1, 1),)
    assert outcome.loaded == ()
    assert ledger.query("select billing_period, space_arn from marts.space_spend_monthly") == [
        ("2026-08", SPACE)
    ]
    assert [row.period for row in ledger.run().loaded] == ["2026-09"]


def test_a_private_space_made_again_for_another_leaves_closed_months_to_the_first(
    ledger: Ledger,
) -> None:
    ledger.configure(CONFIGURATION.format(""))
    for month in ("2026-07", "2026-08", "2026-09"):
        write_cur(ledger.bill, month, [{"space": SPACE, "cost": "5", "day": f"{month}-10"}])
    write_log(
        ledger.root / "trail", "one", [call("CreateSpace", "ana", SPACE, "2026-07-01T08:00:00Z")]
    )
    ledger.run()
    write_log(
        ledger.root / "trail", "two", [call("CreateSpace", "ben", SPACE, "2026-09-01T08:00:00Z")]
    )
    ledger.run()
    assert ledger.query(
        "select billing_period, split_part(user_profile_arn, '/', -1) from marts.space_spend_daily order by 1"
    ) == [("2026-07", "ana"), ("2026-08", "ana"), ("2026-09", "ben")]


def test_a_file_that_is_never_to_be_had_stops_no_run(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.configure(CONFIGURATION.format(""))
    write_cur(ledger.bill, "2026-08", [{"resource": arn("red"), "cost": "7", "day": "2026-08-14"}])
    for name in ("archived", "good"):
        write_log(
            ledger.root / "trail",
            name,
            [call("CreateEndpoint", name, SPACE, "2026-08-01T08:00:00Z")],
        )
    whole = LocalStore.materialise

    def refused(store: LocalStore, item: StoredObject, landing: Path) -> Path:
        if item.key.startswith("archived"):
            raise SourceError("S3 answered InvalidObjectState", where=item.key)
        return whole(store, item, landing)

    monkeypatch.setattr(LocalStore, "materialise", refused)
    assert ledger.run().exit_code == 3
    again = ledger.run()
    assert not again.published
    assert again.exit_code == 3
    write_log(
        ledger.root / "trail", "later", [call("CreateEndpoint", "x", SPACE, "2026-08-02T08:00:00Z")]
    )
    assert ledger.run(only_activity=True).exit_code == 3
    monkeypatch.undo()
    write_log(
        ledger.root / "trail", "last", [call("CreateEndpoint", "y", SPACE, "2026-08-03T08:00:00Z")]
    )
    assert ledger.run().exit_code == 0
    assert ledger.query("select count(*) from core.trail_event") == [(4,)]
