"""CloudTrail's LookupEvents as a source: it gives the marts that a delivered trail of the same calls gives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from spaceledger import pipeline
from spaceledger.doctor import examine
from spaceledger.sources import lookup, patience
from spaceledger.sources.patience import Patience
from tests.aws import Refusal, answering
from tests.bills import OTHER_SPACE, SPACE, write_cur
from tests.conftest import NOW, Ledger
from tests.ledger.test_incremental import COMPARED, contents
from tests.ledger.test_incremental_events import EVENT_TABLES, arn, call, write_log

ACCOUNT = "012345678901"
BILL = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
DELIVERED = '[[activity]]\nname = "trail"\nuri = "trail"\n'
LOOKED_UP = '[[activity]]\nname = "recent"\napi = "lookup-events"\nregions = ["us-east-1"]\nstart = 2026-11-01\n'
CALLS = [
    call("CreateSpace", "ana", SPACE, "2026-11-02T08:00:00Z"),
    call("CreateApp", "red", SPACE, "2026-11-02T09:00:00Z"),
    call("CreateEndpoint", "red", SPACE, "2026-11-03T08:00:00Z"),
    call("DeleteApp", "red", SPACE, "2026-11-05T23:59:59Z"),
    call("UpdateSpace", "blue", OTHER_SPACE, "2026-11-20T12:00:00Z"),
]
COUNTED = [table for table in EVENT_TABLES if table != "marts.trail_events_daily"]


class CloudTrail:
    """A CloudTrail of one account: it tells calls of a window of time, newest first, two on a page."""

    def __init__(self, calls: list[dict[str, Any]]) -> None:
        self.calls = calls
        self.asked: list[str] = []
        self.refused: Refusal | None = None
        self.page = 50

    def answer(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        assert (name, asked["MaxResults"]) == ("LookupEvents", self.page)
        if self.refused:
            raise self.refused
        if "StartTime" not in asked:
            return {"Events": []}
        start, end = (datetime.fromtimestamp(asked[k], UTC) for k in ("StartTime", "EndTime"))
        self.asked.append(f"{start:%Y-%m-%d}")
        told = [
            {"EventId": c["eventID"], "EventTime": moment, "CloudTrailEvent": json.dumps(c)}
            for c in self.calls
            if start <= (moment := datetime.fromisoformat(c["eventTime"])) <= end
        ]
        told.sort(key=lambda event: event["EventTime"], reverse=True)
        first = int(asked.get("NextToken", 0))
        more = {"NextToken": str(first + 2)} if told[first + 2 :] else {}
        return {"Events": told[first : first + 2]} | more


@pytest.fixture
def cloudtrail(monkeypatch: pytest.MonkeyPatch) -> CloudTrail:
    trail = CloudTrail(list(CALLS))
    monkeypatch.setattr(lookup, "account_of", lambda *_: ACCOUNT)
    monkeypatch.setattr(
        lookup, "client_of", lambda *_, region, **__: answering("cloudtrail", trail.answer, region)
    )
    monkeypatch.setattr(lookup, "SECONDS_BETWEEN_REQUESTS", 0)
    monkeypatch.setattr(patience, "PATIENCE", Patience(budget=0))
    return trail


def write_bill(ledger: Ledger) -> None:
    write_cur(
        ledger.bill,
        "2026-11",
        [
            {"space": SPACE, "cost": "5", "day": "2026-11-03"},
            {"space": OTHER_SPACE, "cost": "7", "day": "2026-11-10"},
            {"resource": arn("red"), "cost": "3", "day": "2026-11-04"},
        ],
    )


def test_lookups_give_what_a_delivered_trail_gives_alone_and_beside_it(
    make_ledger: Callable[[str], Ledger], cloudtrail: CloudTrail
) -> None:
    assert cloudtrail.calls
    ledgers = {}
    for name, sources in {
        "delivered": DELIVERED, "looked-up": LOOKED_UP, "both": DELIVERED + LOOKED_UP,
    }.items():  # fmt: skip
        ledger = ledgers[name] = make_ledger(name)
        ledger.configure(BILL + sources)
        write_bill(ledger)
        write_log(ledger.root / "trail", "log", CALLS)
        assert ledger.run().exit_code == 0
    # Which copy of a call stands, and which days are told, the source decides; all else is the same.
    events = (
        "select * exclude (source, file_id, build_id) from"
        " (select *, null as build_id from core.trail_event) order by event_key"
    )
    apart = {"core.trail_event", "marts.unattended_spend", "marts.space_people_monthly"}
    tables = tuple(table for table in (*COMPARED, *COUNTED) if table not in apart)
    expect = contents(ledgers["delivered"], tables)
    assert ledgers["delivered"].query(
        "select attribution_method, sum(billed_cost)::int from marts.space_spend_daily group by all order by all"
    ) == [("space_event", 3), ("space_tag", 12)]
    for name in ("looked-up", "both"):
        assert contents(ledgers[name], tables) == expect, name
        assert ledgers[name].query(events) == ledgers["delivered"].query(events)


def test_quiet_days_are_told_and_days_are_asked_for_once(
    ledger: Ledger, cloudtrail: CloudTrail
) -> None:
    ledger.configure(BILL + LOOKED_UP)
    write_bill(ledger)
    ledger.run()
    told = (
        "select count(*), min(told_date), max(told_date), max(told_since) from core.trail_coverage"
    )
    first, today = date(2026, 11, 1), date(2026, 11, 24)
    assert ledger.query(told) == [(24, first, today, first)]
    assert ledger.query(
        "select told_date from core.trail_coverage where told_date not in"
        " (select activity_date from marts.space_activity_daily) order by 1 limit 2"
    ) == [(first,), (date(2026, 11, 6),)]
    assert sorted(set(cloudtrail.asked))[-1] == "2026-11-24"
    cloudtrail.asked.clear()
    shutil.rmtree(ledger.home / "landing")
    assert not ledger.run().published
    assert cloudtrail.asked == ["2026-11-24"]  # NOW is six in the morning: yesterday is whole


def test_a_new_call_of_today_alone_is_news(ledger: Ledger, cloudtrail: CloudTrail) -> None:
    ledger.configure(BILL + LOOKED_UP)
    write_bill(ledger)
    ledger.run()
    cloudtrail.calls.append(call("UpdateSpace", "x", SPACE, "2026-11-24T05:00:00Z"))
    outcome = ledger.run(only_activity=True)
    assert outcome.read == (("recent", 1, 1, 1),)
    assert ledger.query("select count(*), count(distinct event_key) from core.trail_event") == [
        (6, 6)
    ]


def test_a_full_refresh_asks_for_what_landing_lost_and_loses_nothing(
    ledger: Ledger, cloudtrail: CloudTrail
) -> None:
    ledger.configure(BILL + LOOKED_UP)
    write_bill(ledger)
    ledger.run()
    tables = (*COMPARED, *COUNTED)
    before = contents(ledger, tables)
    cloudtrail.asked.clear()
    assert ledger.run(full_refresh=True).published
    assert cloudtrail.asked == ["2026-11-24"]
    assert contents(ledger, tables) == before
    shutil.rmtree(ledger.home / "landing")
    assert ledger.run(full_refresh=True).published
    assert len(set(cloudtrail.asked)) == 24
    assert contents(ledger, tables) == before
    # What CloudTrail has forgotten too stays in the ledger.
    shutil.rmtree(ledger.home / "landing")
    later = NOW.replace(year=2027, month=2, day=10)
    pipeline.run(ledger.settings, now=later, as_of=date(2026, 11, 24), full_refresh=True)
    assert min(cloudtrail.asked[-90:]) > "2026-11-10"
    assert contents(ledger, COUNTED) == {table: before[table] for table in COUNTED}


@pytest.mark.parametrize(
    ("refusal", "problem"),
    [
        (Refusal("ThrottlingException"), "not_answered"),
        (Refusal("AccessDeniedException"), "refused"),
    ],
)
def test_a_silent_lookup_is_a_problem_and_the_bill_goes_on(
    ledger: Ledger, cloudtrail: CloudTrail, refusal: Refusal, problem: str
) -> None:
    ledger.configure(BILL + LOOKED_UP)
    write_bill(ledger)
    cloudtrail.refused = refusal
    assert ledger.run().exit_code == 3
    found = "select source, location, problem, severity from marts.ingest_problems"
    assert ledger.query(found) == [("recent", "lookup-events us-east-1", problem, "error")]
    assert ledger.query("select count(*) from core.trail_coverage") == [(0,)]
    again = ledger.run()
    assert (again.published, again.exit_code) == (False, 3)
    cloudtrail.refused = None
    assert ledger.run().exit_code == 0
    assert ledger.query("select count(*) from core.trail_event") == [(5,)]


def test_the_doctor_says_which_regions_answer(ledger: Ledger, cloudtrail: CloudTrail) -> None:
    ledger.configure(BILL + LOOKED_UP)
    write_bill(ledger)

    def found() -> list[tuple[str, str, str]]:
        findings = examine(ledger.settings, date(2026, 11, 24))
        return [(f.level, f.what, f.todo) for f in findings if f.subject == "recent"]

    cloudtrail.page = 1
    assert found() == [("ok", "lookup-events us-east-1 answers, 90 days back", "")]
    cloudtrail.refused = Refusal("AccessDeniedException")
    assert found() == [(
        "fault",
        "lookup-events us-east-1: access is denied (AccessDeniedException)",
        "allow cloudtrail:LookupEvents: `spaceledger iam-policy` prints the policy",
    )]  # fmt: skip


def test_a_pull_keeps_days_for_the_run_that_follows(
    ledger: Ledger, cloudtrail: CloudTrail, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return NOW.astimezone(tz)

    monkeypatch.setattr("spaceledger.pulling.datetime", Clock)
    ledger.configure(BILL + LOOKED_UP)
    write_bill(ledger)
    steps: list[str] = []
    pipeline.fetch(ledger.settings, step=steps.append)
    assert steps[-1] == "pull recent: 24 days, 5 events"
    cloudtrail.asked.clear()
    ledger.run()
    assert cloudtrail.asked == ["2026-11-24"]
