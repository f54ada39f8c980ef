"""CloudTrail's LookupEvents, day by day: what is read, what is kept, and what is asked for again."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from spaceledger.errors import SourceError
from spaceledger.settings import ActivitySource
from spaceledger.sources import lookup, patience
from spaceledger.sources.lookup import LookedUp, look_up, regions_that_answer
from spaceledger.sources.pace import Pace, Paced
from spaceledger.sources.patience import Patience
from spaceledger.sources.trails import read_batches
from tests.aws import stubbed
from tests.trails import record

ACCOUNT = "012345678901"
NOW = datetime(2026, 9, 20, 12, 0, tzinfo=UTC)
SAGEMAKER = [{"AttributeKey": "EventSource", "AttributeValue": "sagemaker.amazonaws.com"}]
Known = dict[int, str]


def window(day: str, **more: Any) -> dict[str, Any]:
    """What a day is asked for with."""
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return {
        "LookupAttributes": SAGEMAKER,
        "StartTime": start,
        "EndTime": start + timedelta(hours=23, minutes=59, seconds=59),
        "MaxResults": 50,
        **more,
    }


def event(event_id: str, moment: str, **more: Any) -> dict[str, Any]:
    told = record(event_id, eventTime=moment, **more)
    return {
        "EventId": event_id,
        "EventTime": datetime.fromisoformat(moment),
        "EventSource": "sagemaker.amazonaws.com",
        "CloudTrailEvent": json.dumps(told, indent=1),
    }


class Lookups:
    """A trail of two days, today and yesterday, whose answers a test queues."""

    def __init__(self, landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.landing = landing
        self.steps: list[str] = []
        self.source = ActivitySource(
            name="recent", api="lookup-events", regions=("us-east-1",), start=date(2026, 9, 19)
        )
        self.made: dict[str, Any] = {}
        self.stubs: dict[str, Any] = {}
        self.region("us-east-1")
        monkeypatch.setattr(lookup, "client_of", lambda *_, region, **__: self.made[region])
        monkeypatch.setattr(lookup, "account_of", lambda *_: ACCOUNT)
        monkeypatch.setattr(patience, "PATIENCE", Patience(budget=0))
        self.stub = self.stubs["us-east-1"]

    def region(self, name: str) -> None:
        self.made[name], self.stubs[name] = stubbed("cloudtrail", name)

    def day(self, day: str, *events: dict[str, Any], **tokens: str) -> None:
        after = {"NextToken": tokens["after"]} if "after" in tokens else {}
        told = {"Events": list(events)} | (
            {"NextToken": tokens["token"]} if "token" in tokens else {}
        )
        self.stub.add_response("lookup_events", told, window(day, **after))

    def ask(self, known: Known | None = None, now: datetime = NOW) -> LookedUp:
        return look_up(
            self.source, known or {}, self.landing, now, self.steps.append, pace=lambda: Pace(0)
        )


@pytest.fixture
def lookups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lookups]:
    lookups = Lookups(tmp_path / "landing", monkeypatch)
    yield lookups
    for stub in lookups.stubs.values():
        stub.assert_no_pending_responses()


def versions(found: LookedUp) -> Known:
    return {file.file_id: file.item.etag for file in found.files}


def marks(found: LookedUp) -> list[tuple[str, str]]:
    return [(file.item.key[23:33], file.item.etag.partition("-")[0]) for file in found.files]


def ids(found: LookedUp) -> list[list[str]]:
    return [[told["eventID"] for told in records(found, n)] for n in range(len(found.files))]


def records(found: LookedUp, number: int) -> list[dict[str, Any]]:
    path = found.store.materialise(found.files[number].item, Path())
    told: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))["Records"]
    return told


def test_each_day_is_read_page_by_page_and_kept_as_a_log_file(lookups: Lookups) -> None:
    one, two = event("one", "2026-09-19T08:00:00Z"), event("two", "2026-09-19T23:59:59Z")
    lookups.day("2026-09-19", two, token="2")
    lookups.day("2026-09-19", after="2", token="3")
    lookups.day("2026-09-19", two, one, after="3")
    lookups.day("2026-09-20", event("three", "2026-09-20T08:00:00Z"))
    found = lookups.ask()
    assert found.problems == ()
    assert ids(found) == [["one", "two"], ["three"]]
    assert marks(found) == [("2026/09/19", "whole"), ("2026/09/20", "open")]
    assert records(found, 0)[0] == json.loads(one["CloudTrailEvent"])
    assert (
        found.store.address(found.files[0].item.key)
        == "lookup-events 012345678901/us-east-1/2026/09/19"
    )
    assert lookups.steps == ["pull recent: 1 days, 2 events", "pull recent: 2 days, 3 events"]
    assert sorted(path.name for path in lookups.landing.rglob("*.gz*")) == [
        "2026-09-19.whole.json.gz",
        "2026-09-20.open.json.gz",
    ]


def test_the_trail_reader_takes_them_and_counts_quiet_days_too(lookups: Lookups) -> None:
    lookups.day("2026-09-19")
    odd = {"EventId": "odd", "EventTime": NOW, "CloudTrailEvent": "{not json"}
    lookups.day("2026-09-20", event("one", "2026-09-20T08:00:00Z"), odd, {"EventId": "empty"})
    found = lookups.ask()
    (batch,) = read_batches(found.store, found.files, lookups.landing)
    assert batch.events["event_id"].to_pylist() == ["one"]
    assert [
        (
            row["account_id"],
            row["region"],
            row["event_day"],
            row["event_source"],
            row["event_count"],
        )
        for row in batch.counts.to_pylist()
    ] == [
        (ACCOUNT, "us-east-1", "2026-09-19", "sagemaker.amazonaws.com", 0),
        (ACCOUNT, "us-east-1", "2026-09-20", "sagemaker.amazonaws.com", 1),
    ]
    assert [(problem, is_refused) for _, problem, _, is_refused in batch.problems] == [
        ("bad_trail_records", False)
    ]


def test_a_day_is_whole_two_hours_after_its_end_and_not_asked_for_again_at_once(
    lookups: Lookups,
) -> None:
    lookups.source = lookups.source.model_copy(update={"start": date(2026, 9, 20)})
    early, late = event("early", "2026-09-20T08:00:00Z"), event("late", "2026-09-20T23:58:00Z")
    lookups.day("2026-09-20", early)
    known = versions(lookups.ask())
    midnight = datetime(2026, 9, 21, tzinfo=UTC)
    for minutes, calls in ((119, [early]), (121, [late, early])):
        lookups.day("2026-09-20", *calls)
        lookups.day("2026-09-21")
        found = lookups.ask(known, midnight + timedelta(minutes=minutes))
        known |= versions(found)
        assert marks(found)[0] == ("2026/09/20", "open" if minutes < 120 else "whole")
    lookups.day("2026-09-21")
    again = lookups.ask(known, midnight + timedelta(hours=3))
    assert marks(again) == [("2026/09/21", "open")]
    assert versions(again).items() <= known.items()


def test_a_day_that_holds_the_same_in_another_order_is_the_same(lookups: Lookups) -> None:
    one, two = event("one", "2026-09-20T08:00:00Z"), event("two", "2026-09-20T08:00:00Z")
    lookups.source = lookups.source.model_copy(update={"start": date(2026, 9, 20)})
    lookups.day("2026-09-20", one, two)
    first = versions(lookups.ask())
    shutil.rmtree(lookups.landing)
    lookups.day("2026-09-20", two, one)
    assert versions(lookups.ask()) == first
    lookups.day("2026-09-20", two)
    assert versions(lookups.ask()) != first


@pytest.mark.parametrize(
    ("code", "status", "problem", "said"),
    [
        ("ThrottlingException", 400, "not_answered", "AWS did not answer (ThrottlingException)"),
        ("InternalFailure", 500, "not_answered", "AWS did not answer (InternalFailure)"),
        ("ServiceUnavailable", 503, "not_answered", "AWS did not answer (ServiceUnavailable)"),
        ("AccessDeniedException", 400, "refused", "access is denied (AccessDeniedException)"),
        ("ExpiredTokenException", 400, "refused", "the AWS credentials have expired"),
        ("UnrecognizedClientException", 400, "refused", "AWS does not know these credentials"),
        ("InvalidNextTokenException", 400, "refused", "AWS answered InvalidNextTokenException"),
        (
            "OperationNotPermittedException",
            400,
            "refused",
            "AWS answered OperationNotPermittedException",
        ),
        ("KMSAccessDeniedException", 400, "refused", "AWS answered KMSAccessDeniedException"),
    ],
)
def test_a_day_that_breaks_off_is_never_taken_for_whole(
    lookups: Lookups, code: str, status: int, problem: str, said: str
) -> None:
    """The day before is kept: only the broken one is asked for again, and read from its first page on."""
    lookups.day("2026-09-19", event("one", "2026-09-19T08:00:00Z"))
    lookups.day("2026-09-20", event("two", "2026-09-20T08:00:00Z"), token="2")
    lookups.stub.add_client_error("lookup_events", code, "no", status)
    found = lookups.ask()
    assert ids(found) == [["one"]]
    (told,) = found.problems
    assert (told.source, told.location, told.problem, told.severity) == (
        "recent", "lookup-events us-east-1", problem, "error",
    )  # fmt: skip
    assert told.detail.startswith(said)
    assert "; the days that were read stand, the others are asked for again" in told.detail
    assert not list(lookups.landing.rglob("2026-09-20*"))
    lookups.day("2026-09-20", event("three", "2026-09-20T09:00:00Z"), token="2")
    lookups.day("2026-09-20", event("two", "2026-09-20T08:00:00Z"), after="2")
    assert ids(lookups.ask()) == [["one"], ["two", "three"]]


def test_a_throttled_page_is_asked_for_again_at_once(
    lookups: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=5, first_wait=0, longest_wait=0))
    lookups.source = lookups.source.model_copy(update={"start": date(2026, 9, 20)})
    lookups.day("2026-09-20", event("two", "2026-09-20T08:00:00Z"), token="2")
    lookups.stub.add_client_error("lookup_events", "ThrottlingException", "Rate exceeded", 400)
    lookups.stub.add_client_error("lookup_events", "ThrottlingException", "Rate exceeded", 400)
    lookups.day("2026-09-20", event("one", "2026-09-20T07:00:00Z"), after="2")
    found = lookups.ask()
    assert (ids(found), found.problems) == ([["one", "two"]], ())


def test_a_run_that_dies_between_two_days_goes_on_with_the_second(lookups: Lookups) -> None:
    lookups.source = lookups.source.model_copy(update={"start": date(2026, 9, 18)})
    for day in ("2026-09-18", "2026-09-19", "2026-09-20"):
        lookups.day(day, event(day, f"{day}T08:00:00Z"))

    class Died(Exception):
        pass

    def die(_: str) -> None:
        raise Died

    with pytest.raises(Died):
        look_up(lookups.source, {}, lookups.landing, NOW, die, pace=lambda: Pace(0))
    kept = [path.name[:10] for path in sorted(lookups.landing.rglob("*.whole.json.gz"))]
    assert kept[:1] == ["2026-09-18"]
    # However many days the other thread had read by then, whole ones are not asked for again.
    lookups.region("us-east-1")
    lookups.stub = lookups.stubs["us-east-1"]
    for day in ("2026-09-18", "2026-09-19", "2026-09-20"):
        if day not in kept:
            lookups.day(day, event(day, f"{day}T08:00:00Z"))
    assert ids(lookups.ask()) == [["2026-09-18"], ["2026-09-19"], ["2026-09-20"]]


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_whole_day_is_asked_for_once_more_when_it_settles(
    lookups: Lookups, is_kept: bool
) -> None:
    early, late = event("early", "2026-09-19T08:00:00Z"), event("late", "2026-09-19T23:58:00Z")
    lookups.day("2026-09-19", early)
    lookups.day("2026-09-20")
    known = versions(lookups.ask())

    def ask(now: datetime) -> LookedUp:
        if not is_kept:
            shutil.rmtree(lookups.landing, ignore_errors=True)
        return lookups.ask(known, now)

    lookups.source = lookups.source.model_copy(update={"start": date(2026, 9, 19)})
    for day in ("20", "21", "22"):
        lookups.day(f"2026-09-{day}")
    found = ask(datetime(2026, 9, 22, 23, 59, tzinfo=UTC))
    assert [mark for _, mark in marks(found)] == ["whole", "whole", "open"]
    known |= versions(found)
    # Days that were never whole come first: they must not wait.
    for day in ("22", "23"):
        lookups.day(f"2026-09-{day}")
    lookups.day("2026-09-19", late, early)
    found = ask(datetime(2026, 9, 23, 3, 0, tzinfo=UTC))
    assert marks(found) == [
        ("2026/09/19", "settled"), ("2026/09/22", "whole"), ("2026/09/23", "open"),
    ]  # fmt: skip
    assert ids(found)[0] == ["early", "late"]
    assert not list(lookups.landing.rglob("2026-09-19.whole*"))
    known |= versions(found)
    lookups.day("2026-09-23")
    found = ask(datetime(2026, 9, 23, 23, 0, tzinfo=UTC))
    assert marks(found) == [("2026/09/23", "open")]


def test_a_day_that_the_api_forgot_before_it_settled_stays_as_it_is(lookups: Lookups) -> None:
    lookups.day("2026-09-19", event("one", "2026-09-19T08:00:00Z"))
    lookups.day("2026-09-20")
    lookups.ask()
    later = NOW + timedelta(days=90)  # 2026-12-19: the first day that is told is 2026-09-21
    lookups.source = lookups.source.model_copy(update={"start": date(2026, 9, 1)})
    for n in range(89, -1, -1):
        lookups.day(str(later.date() - timedelta(days=n)))
    found = lookups.ask(now=later)
    assert marks(found)[0] == ("2026/09/19", "whole")
    assert ids(found)[0] == ["one"]
    for path in lookups.landing.rglob("2026-09-19.*"):
        path.write_bytes(b"damaged")
    lookups.day(str(later.date()))
    assert marks(lookups.ask(now=later))[0] == ("2026/09/21", "settled")


def test_a_damaged_file_in_landing_is_asked_for_again(lookups: Lookups) -> None:
    lookups.day("2026-09-19", event("one", "2026-09-19T08:00:00Z"))
    lookups.day("2026-09-20")
    first = lookups.ask()
    path = first.store.materialise(first.files[0].item, Path())
    path.write_bytes(path.read_bytes()[:-9])
    lookups.day("2026-09-19", event("one", "2026-09-19T08:00:00Z"))
    lookups.day("2026-09-20")
    assert versions(lookups.ask()) == versions(first)


def test_ninety_days_back_and_no_further_but_for_what_is_kept(lookups: Lookups) -> None:
    lookups.source = lookups.source.model_copy(update={"start": None})
    days = [str(NOW.date() - timedelta(days=n)) for n in range(89, -1, -1)]
    assert (days[0], len(days)) == ("2026-06-23", 90)
    for day in days:
        lookups.day(day)
    found = lookups.ask()
    assert [file.item.key[23:33] for file in found.files] == [day.replace("-", "/") for day in days]
    # A month later the API has forgotten some, but `landing` has not: they can be loaded again. The
    # last ones were whole, not settled.
    later = NOW + timedelta(days=30)
    for n in range(33, -1, -1):
        lookups.day(str(later.date() - timedelta(days=n)))
    assert len(lookups.ask(now=later).files) == 120


def test_regions_are_asked_side_by_side_and_one_that_is_denied_stops_no_other(
    lookups: Lookups,
) -> None:
    lookups.source = lookups.source.model_copy(
        update={"regions": ("us-east-1", "eu-west-1", "us-east-1"), "start": date(2026, 9, 20)}
    )
    lookups.region("eu-west-1")
    lookups.stubs["eu-west-1"].add_client_error("lookup_events", "AccessDeniedException", "no", 400)
    lookups.day("2026-09-20", event("one", "2026-09-20T08:00:00Z"))
    found = lookups.ask()
    assert ids(found) == [["one"]]
    assert [problem.location for problem in found.problems] == ["lookup-events eu-west-1"]
    assert "allow cloudtrail:LookupEvents: `spaceledger iam-policy`" in found.problems[0].detail


def test_without_credentials_or_regions_the_source_says_what_to_do(
    lookups: Lookups, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise SourceError("there are no AWS credentials", todo="set AWS_PROFILE")

    monkeypatch.setattr(lookup, "account_of", refuse)
    (problem,) = lookups.ask().problems
    assert problem.location == "lookup-events"
    assert problem.detail.endswith("again - set AWS_PROFILE")
    lookups.source = lookups.source.model_copy(update={"regions": ()})
    (problem,) = lookups.ask().problems
    assert problem.detail.endswith('add regions = ["us-east-1"] to this source')


def test_a_doctor_asks_each_region_for_one_call(lookups: Lookups) -> None:
    lookups.source = lookups.source.model_copy(update={"regions": ("us-east-1", "eu-west-1")})
    lookups.region("eu-west-1")
    one = {"LookupAttributes": SAGEMAKER, "MaxResults": 1}
    lookups.stub.add_response("lookup_events", {"Events": []}, one)
    lookups.stubs["eu-west-1"].add_client_error("lookup_events", "AccessDenied", "no", 400)
    answers = dict(regions_that_answer(lookups.source))
    assert answers["us-east-1"] is None
    assert str(answers["eu-west-1"]).startswith("recent lookup-events eu-west-1: access is denied")


def test_requests_keep_to_two_a_second_and_waiting_costs_no_more_than_that() -> None:
    clock = [100.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    pace = Pace(0.5, lambda: clock[0], sleep)
    made = []
    for took in (0.0, 0.1, 0.1, 2.0, 0.0):
        pace.wait()
        made.append(clock[0])
        clock[0] += took
    assert made == pytest.approx([100, 100.5, 101, 101.5, 103.5])
    assert slept == pytest.approx([0.5, 0.4, 0.4])


def test_a_request_that_is_made_again_keeps_to_the_pace_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []
    made, stub = stubbed("cloudtrail")
    for _ in range(3):
        stub.add_client_error("lookup_events", "ThrottlingException", "Rate exceeded", 400)
    stub.add_response("lookup_events", {"Events": []})
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=5, first_wait=0, longest_wait=0))
    paced = Paced(made, Pace(0.5, lambda: 0.0, waits.append))
    patience.ask(paced, "lookup_events", where="here", permission="cloudtrail:LookupEvents")
    assert waits == pytest.approx([0.5, 1.0, 1.5])
