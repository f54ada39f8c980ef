"""A company whose resources have a history, told in truth: what each charge is whose.

Resources are made in spaces, by people or by nobody, named again after they were deleted, tagged from one
space to another and untagged. The bill charges each stretch of ownership by the day or the hour; the trail
tells of the calls, with what real trails do to them. Nothing here knows how the product decides.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random

from tests.independent.random_trail import write_log_files
from tests.independent.trail_files import SAGEMAKER, Record

ACCOUNT, OTHER_ACCOUNT, REGION = "012345678901", "999988887777", "us-east-1"
HEAD = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
DOMAIN = f"{HEAD}:domain/d-abc"
SPACES = tuple(f"{HEAD}:space/d-abc/{name}" for name in ("fraud", "churn", "pricing", "kim"))
PROFILES = ("ana", "kim")  # kim is a space as well
FIRST, TRAIL_FROM, LAST = (
    datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 8, 5, tzinfo=UTC), datetime(2026, 9, 29, tzinfo=UTC)
)  # fmt: skip
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

# Kind: the call's thing, the field that names it, the usage type.
KINDS = {
    "training-job": ("TrainingJob", "trainingJob", "Train:ml.m5.xlarge"),
    "processing-job": ("ProcessingJob", "processingJob", "Processing:ml.m5.xlarge"),
    "transform-job": ("TransformJob", "transformJob", "Tsform:ml.m5.xlarge"),
    "endpoint": ("Endpoint", "endpoint", "Host:ml.m5.xlarge"),
    "notebook-instance": ("NotebookInstance", "notebookInstance", "Notebk:ml.t3.medium"),
    "app": ("App", "app", "Studio:KernelGateway-ml.t3.medium"),
}
JOBS = ("training-job", "processing-job", "transform-job")
FATES = (
    "kept", "nobody", "before the trail", "retagged", "untagged", "tagged late", "reused", "anything"
)  # fmt: skip
CARRIED = ("tags", "tags, no response", "no tags")


@dataclass
class Life:
    """One resource from its making to its end, and whose it is from when on (None: nobody's)."""

    made_at: datetime
    ended_at: datetime
    owners: list[tuple[datetime, str | None]]

    is_heir_at_once: bool = False

    @property
    def is_making_untold(self) -> bool:
        return self.made_at < TRAIL_FROM or self.is_heir_at_once

    def stretches(self) -> Iterator[tuple[datetime, datetime, str | None]]:
        ends = [at for at, _ in self.owners[1:]] + [self.ended_at]
        for (begins, owner), ends_at in zip(self.owners, ends, strict=True):
            if begins < ends_at:
                yield begins, ends_at, owner


@dataclass
class Charge:
    """One line of the bill and the truth about it."""

    number: int
    kind: str
    fate: str
    arn: str
    starts_at: datetime
    step: timedelta
    truth: str | None
    # Of nobody's charges: the spaces the resource is tagged with at other times of its life. The rule of
    # history may take such a space for its own; an event may not.
    tagged_otherwise: frozenset[str]
    # Made before the trail began, or in the very second an earlier one of the name was deleted.
    is_making_untold: bool
    made_at: datetime
    cost: Decimal
    profile: str | None = None
    is_tagged: bool = False

    @property
    def is_of_a_name_that_is_both(self) -> bool:
        """An app whose owner may be the space or the user profile kim."""
        return self.kind == "app" and self.arn.split("/")[2] == "kim"

    @property
    def period(self) -> str:
        return f"{self.starts_at:%Y-%m}"

    def line(self) -> dict[str, str]:
        """As a row of a legacy CUR, by the column names of tests/bills.py."""
        ends_at = self.starts_at + self.step
        return {
            "id": str(self.number),
            "cost": str(self.cost),
            "day": f"{self.starts_at:%Y-%m-%dT%H:%M:%SZ}",
            "lineItem/UsageEndDate": f"{ends_at:%Y-%m-%dT%H:%M:%SZ}",
            "resource": self.arn,
            "usage_type": f"USE1-{KINDS[self.kind][2]}",
            "space": (self.truth or "") if self.is_tagged else "",
            "profile": f"{HEAD}:user-profile/d-abc/{self.profile}" if self.profile else "",
        }


@dataclass
class Company:
    """Charges, and the records of the trail; `carried` says what Create calls of resources tell."""

    seed: int
    carried: str
    per_fate: int = 5
    charges: list[Charge] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.noise = Random(self.seed + 1)
        for space in SPACES:
            self._tell(TRAIL_FROM, "CreateSpace", {**_at_home(space)}, {"spaceArn": space})
        for profile in PROFILES:
            asked = {"domainId": "d-abc", "userProfileName": profile}
            answer = {"userProfileArn": f"{HEAD}:user-profile/d-abc/{profile}"}
            self._tell(TRAIL_FROM, "CreateUserProfile", asked, answer)
        for kind in KINDS:
            for fate in FATES:
                for _ in range(self.per_fate):
                    self._resource(kind, fate)

    def write_trail(self, folder: Path) -> None:
        write_log_files(folder, self.records, self.noise)

    def drop_tags(self, share: float) -> None:
        """Leaves the bill without this share of its space tags."""
        noise = Random(self.seed + 2)
        for charge in self.charges:
            charge.is_tagged = charge.truth is not None and noise.random() >= share

    def is_of_two(self, charge: Charge) -> bool:
        """Whether the same day or hour charges another owner, or another resource of the name, as well."""
        return len(self._owners[charge.arn, charge.starts_at]) > 1

    @cached_property
    def _owners(self) -> dict[tuple[str, datetime], set[tuple[datetime, str | None]]]:
        owners: dict[tuple[str, datetime], set[tuple[datetime, str | None]]] = defaultdict(set)
        for charge in self.charges:
            owners[charge.arn, charge.starts_at].add((charge.made_at, charge.truth))
        return owners

    # what happens

    def _resource(self, kind: str, fate: str) -> None:
        name = f"{fate.split(maxsplit=1)[0]}-{kind}-{len(self.charges)}"
        step = HOUR if self.random.random() < 0.3 else DAY
        lives = list(self._lives(kind, fate, step))
        owner = next((space for life in lives for _, space in life.owners if space), SPACES[0])
        profile = self.random.choice(PROFILES) if kind == "app" and fate == "nobody" else None
        if kind == "app":
            # The third part of an app's ARN is its space, so an app has one owner in all its lives.
            for life in lives:
                life.owners = [(life.made_at, None if profile else owner)]
            parent = profile or owner.rsplit("/", 1)[1]
            app_type = self.random.choice(("kernelgateway", "canvas"))
            arn = f"{HEAD}:app/d-abc/{parent}/{app_type}/{name}"
        else:
            arn = f"{HEAD}:{kind}/{name}"
        for life in lives:
            self._charges(kind, fate, arn, life, step, profile)
            self._calls(kind, fate, arn, life, profile)

    def _moment(self, first: datetime, last: datetime) -> datetime:
        return first + timedelta(seconds=self.random.randrange(int((last - first).total_seconds())))

    def _lives(self, kind: str, fate: str, step: timedelta) -> Iterator[Life]:
        longest = 2 * DAY if step == HOUR or kind in JOBS else 25 * DAY
        space, other = self.random.sample(SPACES, 2)
        first, last = TRAIL_FROM + HOUR, LAST - 2 * longest - 4 * DAY
        made = self._moment(first, last)
        if fate == "before the trail":
            made = self._moment(FIRST, TRAIL_FROM - HOUR)
        ended = self._moment(max(made, TRAIL_FROM) + HOUR, max(made, TRAIL_FROM) + longest)
        half = self._moment(made + timedelta(seconds=2), ended)
        owners: dict[str, list[tuple[datetime, str | None]]] = {
            "nobody": [(made, None)],
            "retagged": [(made, space), (half, other)],
            "untagged": [(made, space), (half, None)],
            "tagged late": [(made, None), (half, space)],
        }
        if fate == "anything":
            yield from self._anything(made, longest, 1 if kind in JOBS else 3)
            return
        yield Life(made, ended, owners.get(fate, [(made, space)]))
        if fate == "reused" and kind not in JOBS:  # a job's name is never free again
            gap = self.random.choice((timedelta(0), timedelta(minutes=20), 3 * HOUR, 3 * DAY))
            again = ended + gap
            heir = self.random.choice((other, other, None))
            ends = self._moment(again + HOUR, again + longest)
            yield Life(again, ends, [(again, heir)], again == ended)

    def _anything(self, made: datetime, longest: timedelta, most: int) -> Iterator[Life]:
        """Up to `most` lives of one name, each with up to three owners.

        A life that began before the trail keeps its owner: nothing could tell whose it was before.
        """
        if self.random.random() < 0.3:
            made = self._moment(FIRST, TRAIL_FROM)
        ended = None
        for _ in range(self.random.randint(1, most)):
            at_once = made == ended
            begins = max(made, TRAIL_FROM)
            ended = self._moment(begins + HOUR, begins + longest)
            turns = sorted({self._moment(begins + timedelta(seconds=2), ended) for _ in range(3)})
            turns = [made, *turns[: self.random.randint(0, 2) if made >= TRAIL_FROM else 0]]
            owners = [(at, self.random.choice((None, *SPACES))) for at in turns]
            yield Life(made, ended, owners, at_once)
            made = ended + self.random.choice((timedelta(0), timedelta(minutes=20), 3 * HOUR, DAY))
            if made > LAST - longest:
                return

    def _charges(
        self, kind: str, fate: str, arn: str, life: Life, step: timedelta, profile: str | None
    ) -> None:
        spaces = frozenset(space for _, space in life.owners if space)
        for begins, ends, owner in life.stretches():
            otherwise = frozenset() if owner else spaces
            at = begins.replace(minute=0, second=0) if step == HOUR else _midnight(begins)
            while at < ends:
                seconds = (min(at + step, ends) - max(at, begins)).total_seconds()
                cost = Decimal(int(seconds)) / 10_000
                self.charges.append(
                    Charge(len(self.charges), kind, fate, arn, at, step, owner, otherwise,
                           life.is_making_untold, life.made_at, cost, profile)
                )  # fmt: skip
                at += step

    # what the trail tells

    def _calls(self, kind: str, fate: str, arn: str, life: Life, profile: str | None) -> None:
        thing, field_name, _ = KINDS[kind]
        first = life.owners[0][1]
        if self.random.random() < 0.4:
            self._fail(life.made_at - timedelta(minutes=3), kind, arn)
        if life.made_at >= TRAIL_FROM:
            request, answer = self._asked(kind, arn, first, profile), {f"{field_name}Arn": arn}
            response = None if self.carried == "tags, no response" else answer
            self._tell(life.made_at, f"Create{thing}", request, response)
        if self.random.random() < 0.4:
            self._fail(self._moment(life.made_at + timedelta(seconds=1), life.ended_at), kind, arn)
        for at, owner in life.owners[1:]:
            if owner:
                tags = _tags(owner)
                self._tell(at, "AddTags", {"resourceArn": arn, "tags": tags}, {"tags": tags})
            else:
                keys = {"resourceArn": arn, "tagKeys": ["sagemaker:space-arn", "other"]}
                self._tell(at, "DeleteTags", keys, None)
        if kind not in JOBS:
            self._tell(
                life.ended_at, f"Delete{thing}", self._named(kind, arn, first, profile), None
            )

    def _fail(self, at: datetime, kind: str, arn: str) -> None:
        """A call about the resource that names another space, and failed."""
        thing, space = KINDS[kind][0], self.random.choice(SPACES)
        calls: tuple[tuple[str, Record], ...] = (
            (f"Create{thing}", self._named(kind, arn, space, None) | {"tags": _tags(space)}),
            ("AddTags", {"resourceArn": arn, "tags": _tags(space)}),
            ("DeleteTags", {"resourceArn": arn, "tagKeys": ["sagemaker:space-arn"]}),
            (f"Delete{thing}", self._named(kind, arn, space, None)),
        )
        name, request = self.random.choice(calls)
        self._tell(max(at, TRAIL_FROM), name, request, None, errorCode="AccessDenied")

    def _named(self, kind: str, arn: str, space: str | None, profile: str | None) -> Record:
        name = arn.rsplit("/", 1)[1]
        if kind != "app":
            return {f"{KINDS[kind][1]}Name": name}
        owner: Record = {"spaceName": arn.split("/")[2]} if space else {"userProfileName": profile}
        return {"domainId": "d-abc", **owner, "appType": arn.split("/")[3], "appName": name}

    def _asked(self, kind: str, arn: str, space: str | None, profile: str | None) -> Record:
        request = self._named(kind, arn, space, profile)
        if space and self.carried != "no tags":
            request["tags"] = _tags(space)
        return request

    def _tell(
        self, at: datetime, name: str, request: Record, response: Record | None, **more: str
    ) -> None:
        number = len(self.records)
        record: Record = {
            "eventVersion": "1.11",
            "userIdentity": {"type": "AssumedRole", "accountId": ACCOUNT,
                             "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Execution/SageMaker"},
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": SAGEMAKER,
            "eventName": name,
            "awsRegion": REGION,
            "requestParameters": request,
            "responseElements": response,
            "eventID": f"event-{number}",
            "readOnly": False,
            "recipientAccountId": ACCOUNT,
            **more,
        }  # fmt: skip
        self.records.append(record)
        if self.noise.random() < 0.1:
            record["sharedEventID"] = f"shared-{number}"
            copy = {"eventID": f"copy-{number}", "recipientAccountId": OTHER_ACCOUNT}
            self.records.append(record | copy)


def _at_home(space: str) -> Record:
    return {"domainId": "d-abc", "spaceName": space.rsplit("/", 1)[1]}


def _tags(space: str) -> list[Record]:
    pairs = (("sagemaker:domain-arn", DOMAIN), ("sagemaker:space-arn", space))
    return [{"key": key, "value": value} for key, value in pairs]


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0)
