"""A trail nobody would want to read: every shape the design tells of, at random, the same each time."""

import gzip
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.independent.trail_files import SAGEMAKER, Record

FIRST = datetime(2026, 9, 1, tzinfo=UTC)
DOMAINS = (
    ("111122223333", "us-east-1", "aws", "d-one"),
    ("111122223333", "us-east-1", "aws", "d-two"),
    ("444455556666", "cn-north-1", "aws-cn", "d-three"),
    ("444455556666", "cn-north-1", "aws-cn", "d-four"),
)
SPACES = ("Fraud", "churn", "both")
PROFILES = ("ana", "Ben", "both")
JOBS = ("TrainingJob", "ProcessingJob", "Endpoint", "NotebookInstance")


def write_log_files(folder: Path, records: Iterable[Record], random: Random) -> None:
    """Log files in CloudTrail's layout: late, out of order, some records twice."""
    files: dict[str, list[Record]] = {}
    for record in records:
        for _ in range(1 + (random.random() < 0.05)):
            files.setdefault(_key(record, random), []).append(record)
    for key, together in files.items():
        random.shuffle(together)
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(json.dumps({"Records": together}).encode(), mtime=0))


def _key(record: Record, random: Random) -> str:
    late = timedelta(minutes=random.choice((5, 5, 10, 60, 60 * 30)))
    at = datetime.fromisoformat(record["eventTime"]) + late
    at -= timedelta(minutes=at.minute % 30)
    account, region = record["recipientAccountId"], record["awsRegion"]
    name = f"{account}_CloudTrail_{region}_{at:%Y%m%dT%H%M}Z_{at:%d%H%M}.json.gz"
    return f"AWSLogs/{account}/CloudTrail/{region}/{at:%Y/%m/%d}/{name}"


class RandomTrail:
    """Builds `count` calls in `days` days and what CloudTrail may make of them on the way."""

    def __init__(self, seed: int, count: int = 1500, days: int = 6) -> None:
        self.random = Random(seed)
        self.number = 0
        self.domains = list(DOMAINS)
        # Moments are all different: what two calls of one second mean is nobody's to say.
        seconds = sorted(self.random.sample(range(days * 86_400), count))
        self.records: list[Record] = []
        for second in seconds:
            self.records += self._told(self._call(FIRST + timedelta(seconds=second)))

    def write(self, folder: Path) -> None:
        """The trail as its account finds it in S3."""
        write_log_files(folder, self.records, self.random)

    def _is(self, chance: float) -> bool:
        return self.random.random() < chance

    def _id(self) -> str:
        self.number += 1
        return f"{self.number:08d}-0000-4000-a000-000000000000"

    def _told(self, record: Record) -> list[Record]:
        """The call as its account is told of it: once, with others, or put right later."""
        if self._is(0.06):
            shared = {"sharedEventID": f"shared-{self._id()}"}
            other = next(a for a, *_ in DOMAINS if a != record["recipientAccountId"])
            copy = record | shared | {"eventID": self._id(), "recipientAccountId": other}
            return self.random.sample([record | shared, copy], 2)
        if self._is(0.06):
            right = {name: value for name, value in record.items() if name != "errorCode"}
            more = {"reason": "UPDATED_DATA", "originalEventID": record["eventID"]}
            identity = self._identity(record["recipientAccountId"])
            right |= {"eventID": self._id(), "userIdentity": identity, "addendum": more}
            return [record, right]
        return [record]

    def _call(self, at: datetime) -> Record:
        account, region, partition, domain = self.random.choice(self.domains)
        head = f"arn:{partition}:sagemaker:{region}:{account}"
        make = self.random.choice(_CALLS)
        name, request, response = make(self, head, domain)
        if name == "DeleteDomain":
            self.domains = [known for known in self.domains if known[3] != domain]
        is_read = name.startswith(("Describe", "List"))
        record: Record = {
            "eventVersion": "1.11",
            "userIdentity": self._identity(account),
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": SAGEMAKER if self._is(0.97) else "amplify.amazonaws.com",
            "eventName": name,
            "awsRegion": region,
            "requestParameters": request,
            "responseElements": None if is_read else response,
            "eventID": self._id(),
            "recipientAccountId": account,
        }
        says = self.random.choice((is_read, is_read, str(is_read).lower(), None))
        if says is not None:
            record["readOnly"] = says
        if self._is(0.1):
            record |= {"errorCode": "AccessDenied", "responseElements": None}
        return record

    def _identity(self, account: str) -> Record:
        person = self.random.choice(("ana", "Ana", "ben@acme.example", "Carla", "dev"))
        role = self.random.choice(
            ("AWSReservedSSO_DS_0a1b", "SageMakerExecutionRole", "SageMakerExecutionRole", "ci")
        )
        session = {"AWSReservedSSO_DS_0a1b": person, "ci": "GitHubActions"}.get(role, "SageMaker")
        context: Record = {"sessionIssuer": {"type": "Role", "userName": role}}
        assumed: Record = {
            "type": "AssumedRole",
            "accountId": account,
            "principalId": f"AROA:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "sessionContext": context,
        }
        if self._is(0.1):
            context["sourceIdentity"] = person
        if self._is(0.1):
            assumed["onBehalfOf"] = {"userId": f"id-{person}", "identityStoreArn": "arn:aws:x"}
        user = {
            "type": "IAMUser",
            "accountId": account,
            "userName": person,
            "arn": f"arn:aws:iam::{account}:user/{person}",
        }
        service = {"type": "AWSService", "invokedBy": "sagemaker.amazonaws.com"}
        return self.random.choices((assumed, user, service), (8, 2, 1))[0]

    # calls: name, request, response

    def _app(self, head: str, domain: str) -> tuple[str, Record, Record | None]:
        of_space = self._is(0.75)
        owner = self.random.choice(SPACES if of_space else PROFILES)
        kind = self.random.choice(("JupyterLab", "KernelGateway", "Canvas"))
        kind = kind if of_space or kind != "JupyterLab" else "JupyterServer"
        request: Record = {
            "domainId": domain,
            "spaceName" if of_space else "userProfileName": owner,
            "appType": kind,
            "appName": "default",
        }
        name = self.random.choice(("CreateApp", "CreateApp", "DeleteApp", "DescribeApp"))
        if name != "CreateApp":
            return name, request, None
        request["resourceSpec"] = {"instanceType": "ml.t3.medium"}
        return name, request, {"appArn": f"{head}:app/{domain}/{owner.lower()}/{kind}/default"}

    def _space(self, head: str, domain: str) -> tuple[str, Record, Record | None]:
        space = self.random.choice(SPACES)
        request: Record = {"domainId": domain, "spaceName": space}
        name = self.random.choice(
            ("CreateSpace", "UpdateSpace", "UpdateSpace", "DescribeSpace", "DeleteSpace")
        )
        if name == "CreateSpace":
            request["spaceSharingSettings"] = {
                "sharingType": self.random.choice(("Shared", "Private"))
            }
        answer = {"spaceArn": f"{head}:space/{domain}/{space.lower()}"}
        return name, request, answer if name in {"CreateSpace", "UpdateSpace"} else None

    def _job(self, head: str, domain: str) -> tuple[str, Record, Record | None]:
        thing = self.random.choice(JOBS)
        field = thing[0].lower() + thing[1:]
        request: Record = {f"{field}Name": f"job-{self.number}"}
        tags = self.random.choice((SPACES[0], SPACES[0].lower(), SPACES[1], None, "not an ARN"))
        if tags:
            text = tags if " " in tags else f"{head}:space/{domain}/{tags}"
            request["tags"] = [{"key": "sagemaker:space-arn", "value": text}]
        return f"Create{thing}", request, {f"{field}Arn": f"{head}:x/job-{self.number}"}

    def _tags(self, head: str, domain: str) -> tuple[str, Record, Record | None]:
        owner = self.random.choice((*SPACES, *PROFILES))
        arn = self.random.choice(
            (f"{head}:space/{domain}/{owner}", f"{head}:app/{domain}/{owner}/KernelGateway/x",
             f"{head}:app/{domain}/{owner}/JupyterLab/default", f"{head}:endpoint/e")
        )  # fmt: skip
        return self.random.choice(("ListTags", "DeleteTags")), {"resourceArn": arn}, None

    def _profile(self, head: str, domain: str) -> tuple[str, Record, Record | None]:
        name = self.random.choice(("CreateUserProfile", "CreatePresignedDomainUrl", "DeleteDomain"))
        if name == "DeleteDomain" and (len(self.domains) < 3 or self._is(0.8)):
            name = "CreatePresignedDomainUrl"
        request: Record = {"domainId": domain}
        if name != "DeleteDomain":
            request["userProfileName"] = self.random.choice(PROFILES)
        if name == "CreatePresignedDomainUrl" and self._is(0.7):
            request["spaceName"] = self.random.choice(SPACES)
        return name, request, None


_CALLS: tuple[Callable[[RandomTrail, str, str], tuple[str, Record, Record | None]], ...] = (
    RandomTrail._app,
    RandomTrail._app,
    RandomTrail._app,
    RandomTrail._space,
    RandomTrail._job,
    RandomTrail._tags,
    RandomTrail._profile,
    RandomTrail._profile,
)
