"""SageMaker's calls of the last 90 days from CloudTrail's LookupEvents, as log files of one day each.

The API tells of one account and region, a page of 50 at a time and two pages a second, newest first
(CloudTrail API reference, LookupEvents). Each UTC day becomes a log file below `landing/`, under its name
only once all of its pages are read: a day that was throttled or interrupted is asked for again, whole.
So is, once, each day some days after its end: CloudTrail may have told of its last calls late.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from spaceledger.errors import SourceError, TransientSourceError
from spaceledger.settings import ActivitySource
from spaceledger.sources.aws import account_of, client_of
from spaceledger.sources.bills import Problem
from spaceledger.sources.cloudtrail import SAGEMAKER
from spaceledger.sources.kept_days import (
    OPEN,
    SETTLED,
    WHOLE,
    days_kept,
    keep_day,
    kept_day,
    path_of_day,
)
from spaceledger.sources.log_files import LogFile
from spaceledger.sources.objects import LandedStore, StoredObject
from spaceledger.sources.pace import Pace, Paced
from spaceledger.sources.patience import ask, pages

# A day counts as told whole when it was asked for this long after its end, and as settled so long after:
# CloudTrail tells of a call "typically" within 15 minutes, and promises nothing.
WHOLE_AFTER = timedelta(hours=2)
SETTLED_AFTER = timedelta(days=3)
# The last 90 days to the minute: the day before these lies only partly within them.
DAYS_BACK = 89
SECONDS_BETWEEN_REQUESTS = 0.5
_PAGE = 50
_KEY = "/lookup-events.json.gz"
_PERMISSION = "cloudtrail:LookupEvents"
_REGIONS_AT_ONCE = 8
_OF_SAGEMAKER = [{"AttributeKey": "EventSource", "AttributeValue": SAGEMAKER}]


@dataclass(frozen=True)
class LookedUp:
    """Log files of the days that are not known to be whole, or settled by now, and faults of regions."""

    store: LandedStore
    files: tuple[LogFile, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Day:
    """One day of an account and region: its log file as listed and where it lies, and its calls."""

    file: LogFile
    path: Path
    event_count: int


def look_up(
    source: ActivitySource,
    known: Mapping[int, str],
    landing: Path,
    now: datetime,
    step: Callable[[str], None],
    *,
    pace: Callable[[], Pace] = lambda: Pace(SECONDS_BETWEEN_REQUESTS),
) -> LookedUp:
    """Asks for each day of each region that is not known to be whole, or settled by now, side by side.

    `known` are the marks of log files by id. Days that are kept in `landing` are not asked for again, but for
    whole ones that are to settle. A region that is refused or does not answer is a problem; its days
    until then are there.
    """
    store = LandedStore("lookup-events ", _KEY)
    where = f"{source.name} lookup-events"
    try:
        if not source.regions:
            todo = 'add regions = ["us-east-1"] to this source'
            raise SourceError("no region is named", where=where, todo=todo)
        account = account_of(source, source.regions[0], where)
    except SourceError as error:
        return LookedUp(store, (), (_problem(source, "", error),))
    settled = frozenset(file_id for file_id, mark in known.items() if mark.startswith(SETTLED))
    whole = settled | {file_id for file_id, mark in known.items() if mark.startswith(WHOLE)}
    folder = landing / "lookup-events" / source.name / account
    files: list[LogFile] = []
    problems: list[Problem] = []
    events = 0
    asked = _Asked(source, account, whole, settled, folder, now, where)
    with closing(_side_by_side(asked, pace)) as told:
        for found in told:
            if isinstance(found, Problem):
                problems.append(found)
                continue
            files.append(found.file)
            store.add(found.file.item, found.path)
            events += found.event_count
            step(f"pull {source.name}: {len(files):,} days, {events:,} events")
    files.sort(key=lambda file: file.item.key)
    problems.sort(key=lambda problem: problem.location)
    return LookedUp(store, tuple(files), tuple(problems))


def regions_that_answer(source: ActivitySource) -> Iterator[tuple[str, SourceError | None]]:
    """Each region with what is wrong with it, None where it answers; asks each for one call."""
    for region in dict.fromkeys(source.regions):
        where = f"{source.name} lookup-events {region}"
        try:
            client = client_of("cloudtrail", source, where, region=region)
            ask(client, "lookup_events", where=where, permission=_PERMISSION,
                LookupAttributes=_OF_SAGEMAKER, MaxResults=1)  # fmt: skip
        except SourceError as error:
            yield region, error
        else:
            yield region, None


def _side_by_side(asked: _Asked, pace: Callable[[], Pace]) -> Generator[_Day | Problem, None, None]:
    """The days of all regions as they come, with a problem for each region that is given up."""
    told: SimpleQueue[_Day | Problem | BaseException | None] = SimpleQueue()
    stop = Event()

    def work(region: str) -> None:
        try:
            for found in asked.days_of(region, pace(), stop):
                told.put(found)
        except SourceError as error:
            told.put(_problem(asked.source, region, error))
        except BaseException as error:  # it belongs to whoever waits for the days
            told.put(error)
        finally:
            told.put(None)

    regions = list(dict.fromkeys(asked.source.regions))
    with ThreadPoolExecutor(_REGIONS_AT_ONCE) as pool:
        for region in regions:
            pool.submit(work, region)
        working = len(regions)
        try:
            while working:
                found = told.get()
                if found is None:
                    working -= 1
                elif isinstance(found, BaseException):
                    raise found
                else:
                    yield found
        finally:
            stop.set()


def _problem(source: ActivitySource, region: str, error: SourceError) -> Problem:
    todo = f" - {error.todo}" if error.todo else ""
    return Problem(
        source.name,
        f"lookup-events {region}".rstrip(),
        "not_answered" if isinstance(error, TransientSourceError) else "refused",
        "error",
        f"{error.what}; the days that were read stand, the others are asked for again{todo}",
    )


@dataclass(frozen=True)
class _Asked:
    """What is asked for: of a source and its account, with what is known and what `folder` keeps."""

    source: ActivitySource
    account: str
    whole: Collection[int]  # settled ones too
    settled: Collection[int]
    folder: Path
    now: datetime
    where: str

    def days_of(self, region: str, pace: Pace, stop: Event) -> Iterator[_Day]:
        """The days of a region, the oldest first, as they are the first that the API forgets.

        Days that only settle come after all others, which must not wait for them.
        """
        where = f"{self.where} {region}"
        client = Paced(client_of("cloudtrail", self.source, where, region=region), pace)
        folder = self.folder / region
        first = self.now.date() - timedelta(days=DAYS_BACK)
        days = {first + timedelta(days=n) for n in range(DAYS_BACK + 1)} | days_kept(folder)
        for day in sorted(days, key=lambda day: (self._id_of(region, day) in self.whole, day)):
            if stop.is_set():
                return
            found = self._day(client, region, folder, day, stop)
            if found:
                yield found

    def _key_of(self, region: str, day: date) -> str:
        return f"{self.account}/{region}/{day:%Y/%m/%d}{_KEY}"

    def _id_of(self, region: str, day: date) -> int:
        return LogFile(StoredObject(self._key_of(region, day), 0, 0), None).file_id

    def _day(self, client: Paced, region: str, folder: Path, day: date, stop: Event) -> _Day | None:
        """The day's log file, kept or asked for; None where the ledger has it as it is to be."""
        if self.source.start and day < self.source.start:
            return None
        mark = self._mark_now(day)
        is_told = day >= self.now.date() - timedelta(days=DAYS_BACK)
        to_settle = mark == SETTLED and is_told
        file_id = self._id_of(region, day)
        if file_id in (self.settled if to_settle else self.whole):
            return None
        found = kept_day(folder, day, (SETTLED,) if to_settle else (SETTLED, WHOLE))
        if found:
            mark, body = found
        elif is_told:
            body = _calls_of(client, day, f"{self.where} {region} {day}", stop)
            keep_day(folder, day, mark, body)
        else:
            return None
        etag = f"{mark}-{hashlib.sha256(body).hexdigest()}"
        item = StoredObject(self._key_of(region, day), len(body), 0, etag)
        told_at = datetime.combine(day, time(23, 59))
        file = LogFile(item, told_at, (self.account, region, str(day)))
        return _Day(file, path_of_day(folder, day, mark), max(0, body.count(b"\n") - 1))

    def _mark_now(self, day: date) -> str:
        """What a day that is asked for now is told as."""
        since = self.now - datetime.combine(day, time(), UTC) - timedelta(days=1)
        return SETTLED if since >= SETTLED_AFTER else WHOLE if since >= WHOLE_AFTER else OPEN


def _calls_of(client: Paced, day: date, where: str, stop: Event) -> bytes:
    """A log file of all calls of a day, each once, in the order of their time and id, a line each.

    Raises TransientSourceError where nobody waits for it any more: a part of a day is none.
    """
    records: dict[tuple[str, str], str] = {}
    answers = pages(
        client,
        "lookup_events",
        where=where,
        permission=_PERMISSION,
        LookupAttributes=_OF_SAGEMAKER,
        StartTime=datetime.combine(day, time(), UTC),
        EndTime=datetime.combine(day, time(23, 59, 59), UTC),
        MaxResults=_PAGE,
    )
    for answer in answers:
        if stop.is_set():
            raise TransientSourceError("the day was given up", where=where, todo="run again")
        for event in answer.get("Events", ()):
            text = event.get("CloudTrailEvent") or "null"
            moment = event["EventTime"].astimezone(UTC).isoformat() if "EventTime" in event else ""
            records[moment, event.get("EventId") or text] = _one_line(text)
    lines = ",\n".join(record for _, record in sorted(records.items()))
    return "\n".join(['{"Records": [', *([lines] if lines else []), "]}"]).encode(
        "utf-8", "replace"
    )


def _one_line(text: str) -> str:
    """A record on one line, as it was told; what is no JSON becomes a text, which the reader tells of."""
    try:
        json.loads(text)
    except ValueError:
        return json.dumps(text)
    return " ".join(text.splitlines())
