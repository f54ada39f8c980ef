"""Who worked in which space, worked out from raw log files with nothing of spaceledger.

Usage: python -m tests.independent.activity FOLDER [OWNERS.csv]

Rules: design section 2 ("Attribution", "Activity"). A figure here is an expectation for the
product, so nothing in this folder may import the product.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from tests.independent.trail_files import SAGEMAKER, Record, distinct, moment, read_trail

SPACE_TAG = "sagemaker:space-arn"
ONLY_IN_SPACES = {"jupyterlab", "codeeditor"}
# By falling strength.
EVIDENCE = (
    "source_identity", "on_behalf_of", "iam_user", "sso_session", "user_profile", "unidentified"
)  # fmt: skip
_ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):sagemaker:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):"
    r"(?P<kind>[a-z-]+)/(?P<rest>.+)",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"d-(-*[a-z0-9])+")
_NAME = re.compile(r"[a-z0-9](-*[a-z0-9])*")
_READS = re.compile(r"(BatchDescribe|BatchGet|Describe|Get|List|Search|Query|Render)")
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass
class Known:
    """Names that are spaces and names that are profiles, as lower-case ARNs."""

    spaces: set[str] = field(default_factory=set)
    profiles: set[str] = field(default_factory=set)


@dataclass
class SpaceDay:
    """One space's day."""

    event_count: int = 0
    write_event_count: int = 0
    error_count: int = 0
    unidentified_event_count: int = 0
    apps_started: int = 0
    app_hours: Decimal = Decimal(0)
    people: set[tuple[str, str]] = field(default_factory=set)
    quarters: dict[int, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    @property
    def active_users(self) -> int:
        return len(self.people)

    @property
    def peak_concurrent_users(self) -> int:
        return max(map(len, self.quarters.values()), default=0)


@dataclass
class UserDay:
    """One person's day in one space, or that of all calls nobody is known to have made."""

    evidence: str
    event_count: int = 0
    write_event_count: int = 0
    first_event_at: datetime = _LATEST
    last_event_at: datetime = _EARLIEST


@dataclass
class Life:
    """What events tell of a space."""

    created_at: datetime | None = None
    deleted_at: datetime | None = None
    sharing_type: str | None = None
    last_activity_at: datetime | None = None


@dataclass
class Activity:
    """All figures, by lower-case space ARN."""

    days: dict[tuple[date, str], SpaceDay] = field(default_factory=lambda: defaultdict(SpaceDay))
    # day, space, account and person in lower case; the person is None where unidentified
    users: dict[tuple[date, str, str, str | None], UserDay] = field(default_factory=dict)
    lives: dict[str, Life] = field(default_factory=lambda: defaultdict(Life))
    known: Known = field(default_factory=Known)


# what one record says


def is_failed(record: Record) -> bool:
    return bool(record.get("errorCode"))


def is_write(record: Record) -> bool:
    """Not read-only; a record that does not say is judged by its call's name."""
    said = record.get("readOnly")
    if said is None:
        return not _READS.match(record.get("eventName") or "")
    return str(said).lower() != "true"


def account_of(record: Record) -> str:
    """The account whose call it was: what it names lies there, whoever else was told of it."""
    identity = record.get("userIdentity") or {}
    return identity.get("accountId") or record.get("recipientAccountId") or ""


def request_of(record: Record) -> Record:
    request = record.get("requestParameters")
    return request if isinstance(request, dict) else {}


def domain_arn(record: Record) -> str | None:
    """The domain a request names."""
    domain = str(request_of(record).get("domainId") or "").lower()
    return _made(record, "domain", domain) if _DOMAIN.fullmatch(domain) else None


def named(record: Record, kind: str, key: str) -> str | None:
    """The space or profile a request names with its domain."""
    domain, name = domain_arn(record), str(request_of(record).get(key) or "").lower()
    if domain is None or not _NAME.fullmatch(name):
        return None
    return domain.replace(":domain/", f":{kind}/") + f"/{name}"


def _made(record: Record, kind: str, rest: str) -> str | None:
    region, account = record.get("awsRegion") or "", account_of(record)
    if not region or not account:
        return None
    special = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
    partition = next((p for prefix, p in special.items() if region.startswith(prefix)), "aws")
    return f"arn:{partition}:sagemaker:{region}:{account}:{kind}/{rest}"


def tags_of(record: Record) -> dict[str, str]:
    tags = request_of(record).get("tags")
    pairs = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    return {str(tag.get("key")): str(tag.get("value") or "") for tag in pairs}


def space_arn(text: str) -> str | None:
    """A well-formed space ARN in lower case, or None."""
    found = _ARN.fullmatch(text.strip().lower())
    parts = found["rest"].split("/") if found else []
    if found is None or found["kind"] != "space" or len(parts) != 2:
        return None
    return found[0] if _DOMAIN.fullmatch(parts[0]) and _NAME.fullmatch(parts[1]) else None


def space_of_app(text: str, known: Known) -> str | None:
    """The space an app's ARN names: of most types, only when the name is no profile's as well."""
    found = _ARN.fullmatch(text.strip().lower())
    parts = found["rest"].split("/") if found else []
    if found is None or found["kind"] != "app" or len(parts) != 4:
        return None
    head = found[0].split(":app/")[0]
    space = f"{head}:space/{parts[0]}/{parts[1]}"
    profile = f"{head}:user-profile/{parts[0]}/{parts[1]}"
    if parts[2] in ONLY_IN_SPACES:
        return space
    return space if space in known.spaces and profile not in known.profiles else None


def texts(value: object) -> Iterator[str]:
    """Every text in a request or response."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def space_of(record: Record, known: Known) -> str | None:
    """The space an event belongs to."""
    if record.get("eventSource") != SAGEMAKER:
        return None
    by_name = named(record, "space", "spaceName")
    by_tag = space_arn(tags_of(record).get(SPACE_TAG, ""))
    if by_name or by_tag:
        return by_name or by_tag
    for part in ("requestParameters", "responseElements"):
        for text in texts(record.get(part)):
            if found := space_arn(text) or space_of_app(text, known):
                return found
    return None


def session_of(record: Record) -> tuple[str, str]:
    """The role and the session name of an assumed role, or two empty texts."""
    identity = record.get("userIdentity") or {}
    if identity.get("type") != "AssumedRole":
        return "", ""
    parts = (identity.get("arn") or "").split("/")
    issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    role = parts[1] if len(parts) > 2 else issuer.get("userName") or ""
    principal = identity.get("principalId") or ""
    return role, parts[-1] if len(parts) > 2 else principal.partition(":")[2]


def person_of(record: Record) -> tuple[str, str] | None:
    """A name and how strong the evidence for it is, or None."""
    identity = record.get("userIdentity") or {}
    if source := (identity.get("sessionContext") or {}).get("sourceIdentity"):
        return source, EVIDENCE[0]
    if behalf := (identity.get("onBehalfOf") or {}).get("userId"):
        return behalf, EVIDENCE[1]
    if identity.get("type") == "IAMUser" and identity.get("userName"):
        return identity["userName"], EVIDENCE[2]
    role, session = session_of(record)
    if role.startswith("AWSReservedSSO_") and session:
        return session, EVIDENCE[3]
    name, profile = record.get("eventName"), request_of(record).get("userProfileName")
    if profile and (
        name == "CreatePresignedDomainUrl"
        or (name in {"CreateApp", "DeleteApp"} and session == "SageMaker")
    ):
        return profile, EVIDENCE[4]
    return None


# all records together


def known_names(records: Iterable[Record]) -> Known:
    """Spaces and profiles that calls which succeeded name."""
    known = Known()
    for record in records:
        if record.get("eventSource") != SAGEMAKER or is_failed(record):
            continue
        known.spaces.add(named(record, "space", "spaceName") or "")
        known.profiles.add(named(record, "user-profile", "userProfileName") or "")
        for text in (
            *texts(record.get("requestParameters")),
            *texts(record.get("responseElements")),
        ):
            # Of an app that runs only in spaces the ARN names one that was unknown.
            known.spaces.add(space_arn(text) or space_of_app(text, Known()) or "")
            if ":user-profile/" in text and _ARN.fullmatch(text.lower()):
                known.profiles.add(text.lower())
    known.spaces.discard("")
    known.profiles.discard("")
    return known


def aliases_in(owners: Path | None) -> dict[str, str]:
    """Names in events (any case) that are one person's."""
    if owners is None:
        return {}
    with owners.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("alias")]
    return {row["alias"].strip().lower(): row["user_name"].strip() for row in rows}


def count_activity(
    records: Iterable[Record], aliases: dict[str, str] | None = None, known: Known | None = None
) -> Activity:
    """All figures of these records; `known` adds names that bill and configuration know."""
    told = distinct(records)
    activity = Activity(known=known_names(told))
    if known is not None:
        activity.known.spaces |= known.spaces
        activity.known.profiles |= known.profiles
    for record in told:
        if space := space_of(record, activity.known):
            _count(activity, record, space, aliases or {})
    _end_with_domains(activity, told)
    for space, began, ended in app_spans(told, activity.known):
        for day, hours in _by_day(began, ended):
            activity.days[day, space].app_hours += hours
    return activity


def _count(activity: Activity, record: Record, space: str, aliases: dict[str, str]) -> None:
    at, writes, name = moment(record), is_write(record), record.get("eventName")
    day = activity.days[at.date(), space]
    day.event_count += 1
    day.write_event_count += writes
    day.error_count += is_failed(record)
    day.apps_started += name == "CreateApp" and not is_failed(record)
    _live(activity.lives[space], record, at)
    found = person_of(record)
    text, evidence = found or (None, EVIDENCE[-1])
    if text is None:
        name = None
        day.unidentified_event_count += 1
    else:
        key = _person(account_of(record), text.lower(), aliases)
        name = key[1]
        day.people.add(key)
        if writes:
            day.quarters[(at.hour * 60 + at.minute) // 15].add(key)
    user = activity.users.setdefault(
        (at.date(), space, account_of(record), name), UserDay(evidence)
    )
    user.evidence = min(user.evidence, evidence, key=EVIDENCE.index)
    user.event_count += 1
    user.write_event_count += writes
    user.first_event_at = min(user.first_event_at, at)
    user.last_event_at = max(user.last_event_at, at)


def _person(account: str, name: str, aliases: dict[str, str]) -> tuple[str, str]:
    """Whom a name stands for: a person of the owners file, in whatever account, or one of its own."""
    if name in aliases:
        return "", aliases[name].lower()
    if name in {person.lower() for person in aliases.values()}:
        return "", name
    return account, name


def _live(life: Life, record: Record, at: datetime) -> None:
    """Records come in order of time, so the latest life is what remains."""
    life.last_activity_at = at
    if is_failed(record):
        return
    if record.get("eventName") == "CreateSpace":
        life.created_at, life.deleted_at = at, None
    if record.get("eventName") == "DeleteSpace":
        life.deleted_at = life.deleted_at or at
    sharing = request_of(record).get("spaceSharingSettings") or {}
    life.sharing_type = sharing.get("sharingType") or life.sharing_type


def _end_with_domains(activity: Activity, records: Iterable[Record]) -> None:
    """A domain's spaces end with it, those that had not ended before."""
    for record in records:
        domain = domain_arn(record)
        if record.get("eventName") != "DeleteDomain" or is_failed(record) or not domain:
            continue
        for space, life in activity.lives.items():
            if space.startswith(domain.replace(":domain/", ":space/") + "/"):
                life.deleted_at = life.deleted_at or moment(record)


def app_spans(records: list[Record], known: Known) -> list[tuple[str, datetime, datetime]]:
    """Space, beginning and end of each app that ran in a space; records are in order of time.

    An app nobody closed runs to the end of the last day the trail tells of.
    """
    last_day = max((moment(record).date() for record in records), default=date.min)
    open_apps: dict[str, tuple[str, datetime]] = {}
    spans: list[tuple[str, datetime, datetime]] = []

    def close(prefix: str, at: datetime) -> None:
        for app in [app for app in open_apps if app == prefix or app.startswith(f"{prefix}/")]:
            space, began = open_apps.pop(app)
            spans.append((space, began, at))

    for record in records:
        name = record.get("eventName")
        if record.get("eventSource") != SAGEMAKER or is_failed(record):
            continue
        at, app = moment(record), _app_of(record)
        if name in {"CreateApp", "DeleteApp"} and app:
            close(app, at)
            if name == "CreateApp" and (space := space_of(record, known)):
                open_apps[app] = (space, at)
        elif name == "DeleteSpace" and (space := space_of(record, known)):
            close(space.replace(":space/", ":app/"), at)
        elif name == "DeleteDomain" and (domain := domain_arn(record)):
            close(domain.replace(":domain/", ":app/"), at)
    midnight = datetime.combine(last_day, time(0), UTC) + timedelta(days=1)
    return spans + [(space, began, midnight) for space, began in open_apps.values()]


def _app_of(record: Record) -> str | None:
    """The ARN of the app a call names, in lower case."""
    request = request_of(record)
    parent = named(record, "app", "spaceName") or named(record, "app", "userProfileName")
    kind, name = request.get("appType"), request.get("appName")
    return f"{parent}/{kind}/{name}".lower() if parent and kind and name else None


def _by_day(began: datetime, ended: datetime) -> Iterator[tuple[date, Decimal]]:
    """Hours of each UTC day."""
    while began < ended:
        midnight = datetime.combine(began.date(), time(0), UTC) + timedelta(days=1)
        until = min(midnight, ended)
        seconds = (until - began) // timedelta(microseconds=1)
        yield began.date(), Decimal(seconds) / Decimal(3_600_000_000)
        began = until


def main(arguments: list[str]) -> None:
    """Print a row per space and day."""
    folder, *owners = map(Path, arguments)
    activity = count_activity(read_trail(folder).records, aliases_in(*owners or [None]))
    for (day, space), figures in sorted(activity.days.items()):
        row = (
            day, space, figures.event_count, figures.write_event_count, figures.error_count,
            figures.active_users, figures.unidentified_event_count, figures.apps_started,
            f"{figures.app_hours:.6f}", figures.peak_concurrent_users,
        )  # fmt: skip
        sys.stdout.write("  ".join(map(str, row)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
