"""The company's CloudTrail: who made, opened and ended what the bill charges for.

Record shapes: CloudTrail user guide, "Record contents"; request and response fields of the SageMaker
calls are those of its service model, in lower camel case as CloudTrail writes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from spaceledger.demo.charges import app_arn, days, hours_of, job_arn, job_tags, space_tags
from spaceledger.demo.identities import execution_role, pipeline_role, sso_person
from spaceledger.demo.scenario import App, Domain, Endpoint, Job, Scenario, Space

Event = dict[str, Any]
_CREATE = {"training": "CreateTrainingJob", "processing": "CreateProcessingJob",
           "transform": "CreateTransformJob"}  # fmt: skip
_NAME = {"training": "trainingJobName", "processing": "processingJobName",
         "transform": "transformJobName"}  # fmt: skip
_STARTS = time(8, 0)


def all_events(scenario: Scenario) -> list[Event]:
    """Every record, in order of time."""
    events: list[Event] = []
    for domain in scenario.domains:
        events += _setup(scenario, domain)
    for day in days(scenario):
        for app in scenario.apps:
            events += _app(scenario, app, day)
        for job in scenario.jobs:
            events += _job(scenario, job, day)
        for domain in scenario.domains:
            events += _around(scenario, domain, day)
    for endpoint in scenario.endpoints:
        events += _endpoint(scenario, endpoint)
    return sorted(events, key=lambda event: (event["eventTime"], event["eventID"]))


def log_key(event: Event) -> str:
    """The log file a record is delivered in: one a day for each account and region."""
    account, region = event["recipientAccountId"], event["awsRegion"]
    day = date.fromisoformat(event["eventTime"][:10])
    mark = hashlib.sha256(f"{account}{region}{day}".encode()).hexdigest()[:16]
    name = f"{account}_CloudTrail_{region}_{day:%Y%m%d}T2355Z_{mark}.json.gz"
    return f"AWSLogs/{account}/CloudTrail/{region}/{day:%Y/%m/%d}/{name}"


def _event(
    domain: Domain,
    moment: datetime,
    name: str,
    identity: Event,
    request: Event | None,
    response: Event | None = None,
    *,
    source: str = "sagemaker.amazonaws.com",
    **more: object,
) -> Event:
    mark = hashlib.sha256(f"{domain.id}{moment}{name}{request}".encode()).hexdigest()
    is_read = name.startswith(("Describe", "List", "Get"))
    return {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": source,
        "eventName": name,
        "awsRegion": domain.region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "Mozilla/5.0",
        "requestParameters": request,
        "responseElements": response,
        "eventID": f"{mark[:8]}-{mark[8:12]}-4{mark[13:16]}-a{mark[17:20]}-{mark[20:32]}",
        "readOnly": is_read,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": domain.account,
        "eventCategory": "Management",
        **more,
    }


def _tags(tags: Iterable[tuple[str, str]]) -> list[Event]:
    return [{"key": key, "value": value} for key, value in tags]


def _at(day: date, hour: time, name: str, spread: int = 40) -> datetime:
    """A moment of a day, up to `spread` minutes later, the same each time."""
    late = int(hashlib.sha256(f"{name} {day}".encode()).hexdigest()[:8], 16) % (spread * 60)
    return datetime.combine(day, hour) + timedelta(seconds=late)


def _setup(scenario: Scenario, domain: Domain) -> Iterator[Event]:
    first = max(domain.created, scenario.company.first_day)
    made = datetime.combine(first, time(6, 0))
    answer = {"domainArn": domain.domain_arn}
    yield _event(
        domain, made, "CreateDomain", pipeline_role(domain), {"domainName": domain.name}, answer
    )
    for number, person in enumerate(domain.people, start=1):
        request: Event = {"domainId": domain.id, "userProfileName": person}
        answer = {"userProfileArn": domain.profile_arn(person)}
        moment = made + timedelta(minutes=number)
        yield _event(domain, moment, "CreateUserProfile", pipeline_role(domain), request, answer)
    for space in scenario.spaces:
        if space.domain == domain.name:
            yield from _space(scenario, domain, space, first)


def _space(scenario: Scenario, domain: Domain, space: Space, first: date) -> Iterator[Event]:
    maker = space.private_to or space.people[0]
    request: Event = {
        "domainId": domain.id,
        "spaceName": space.name,
        "tags": _tags((("sagemaker:user-profile-arn", domain.profile_arn(maker)),
                       ("sagemaker:domain-arn", domain.domain_arn))),
        "spaceSettings": {"appType": "JupyterLab", "spaceStorageSettings":
                          {"ebsStorageSettings": {"ebsVolumeSizeInGb": int(space.storage_gb)}}},
        "ownershipSettings": {"ownerUserProfileName": maker},
        "spaceSharingSettings": {"sharingType": "Private" if space.private_to else "Shared"},
        "spaceDisplayName": space.name,
    }  # fmt: skip
    answer = {"spaceArn": scenario.space_arn(space.key).lower()}
    moment = _at(max(space.since, first), time(7, 0), space.key)
    yield _event(domain, moment, "CreateSpace", sso_person(domain, maker), request, answer)
    if space.until < scenario.company.last_day:
        end = _at(space.until, time(18, 0), space.key)
        named = {"domainId": domain.id, "spaceName": space.name}
        yield _event(domain, end, "DeleteSpace", sso_person(domain, maker), named)


def _app(scenario: Scenario, app: App, day: date) -> Iterator[Event]:
    domain, space = scenario.domain(app.space), scenario.space(app.space)
    hours = hours_of(app, app.space, day, scenario.company.first_day)
    if not hours or not space.is_there(day) or (app.steady and day != app.since):
        return
    person = space.people[(day.toordinal() + len(space.name)) % len(space.people)]
    identity = sso_person(domain, person)
    named: Event = {
        "domainId": domain.id,
        "spaceName": space.name,
        "appType": app.type,
        "appName": "default",
    }
    start = _at(day, _STARTS if hours < 15 else time(0, 5), app.space)
    asked: Event = {"domainId": domain.id, "userProfileName": person, "spaceName": space.name}
    yield _event(domain, start - timedelta(minutes=3), "CreatePresignedDomainUrl", identity, asked)
    request = {**named, "resourceSpec": {"instanceType": app.instance},
               "tags": _tags(space_tags(scenario, app.space))}  # fmt: skip
    answer = {"appArn": app_arn(scenario, app)}
    yield _event(domain, start, "CreateApp", identity, request, answer)
    if not app.steady:
        end = start + timedelta(seconds=int(hours * 3600))
        last = datetime.combine(day, time(23, 50))
        yield _event(domain, min(end, last), "DeleteApp", execution_role(domain, None), named)


def _job(scenario: Scenario, job: Job, day: date) -> Iterator[Event]:
    if hours_of(job, job.name, day, scenario.company.first_day) == Decimal(0):
        return
    domain = scenario.domain(job.by or job.person or job.domain or "")
    people = scenario.space(job.by).people if job.by else ()
    person = people[day.toordinal() % len(people)] if people else None
    if job.person:
        person = job.person.split("/")[1]
    arn = job_arn(domain, job, day)
    request: Event = {
        _NAME[job.kind]: arn.rsplit("/", 1)[-1],
        "roleArn": f"arn:aws:iam::{domain.account}:role/SageMakerExecutionRole",
        "resourceConfig": {"instanceType": job.instance, "instanceCount": 1},
        "tags": _tags(job_tags(scenario, job)),
    }
    answer = {_NAME[job.kind].replace("Name", "Arn"): arn}
    identity = execution_role(domain, person) if person else pipeline_role(domain)
    yield _event(
        domain, _at(day, time(9, 30), job.name), _CREATE[job.kind], identity, request, answer
    )


def _endpoint(scenario: Scenario, endpoint: Endpoint) -> Iterator[Event]:
    domain = scenario.domain(endpoint.by)
    arn = domain.arn("endpoint", endpoint.name)
    tags = _tags(space_tags(scenario, endpoint.by))
    request: Event = {"endpointName": endpoint.name, "endpointConfigName": f"{endpoint.name}-1"}
    if endpoint.never_tagged:
        request["tags"] = tags
    moment = _at(endpoint.since, time(10, 0), endpoint.name)
    identity = execution_role(domain, scenario.space(endpoint.by).people[0])
    yield _event(domain, moment, "CreateEndpoint", identity, request, {"endpointArn": arn})
    if endpoint.tagged_since > endpoint.since:
        later = _at(endpoint.tagged_since, time(0, 0), endpoint.name, 10)
        asked: Event = {"resourceArn": arn, "tags": tags}
        yield _event(domain, later, "AddTags", sso_person(domain, "ana"), asked, {"tags": tags})


def _around(scenario: Scenario, domain: Domain, day: date) -> Iterator[Event]:
    """Reads, refusals, and calls of other services whose names look alike."""
    person = domain.people[day.toordinal() % len(domain.people)]
    spaces = [s for s in scenario.spaces if s.domain == domain.name and s.is_there(day)]
    space = spaces[day.toordinal() % len(spaces)]
    named = {"domainId": domain.id, "spaceName": space.name}
    if day.weekday() < 5:
        moment = _at(day, time(11, 0), "read")
        yield _event(domain, moment, "DescribeSpace", sso_person(domain, person), named)
    if day.day in {3, 17}:
        denied: Event = {
            "errorCode": "AccessDenied",
            "errorMessage": "not authorized to perform: sagemaker:AddTags",
        }
        asked: Event = {"domainId": domain.id, "spaceName": f"{person}-test"}
        moment = _at(day, time(13, 0), "denied")
        yield _event(domain, moment, "CreateSpace", sso_person(domain, person), asked, **denied)
    if day.day == 5:
        moment = _at(day, time(15, 0), "other")
        for source, name in (("repostspace.amazonaws.com", "CreateSpace"),
                             ("amplify.amazonaws.com", "CreateApp"),
                             ("s3.amazonaws.com", "PutBucketPolicy")):  # fmt: skip
            asked = {"name": "unrelated"}
            yield _event(domain, moment, name, pipeline_role(domain), asked, source=source)
    if day.day == 9 and domain == scenario.domains[0]:
        yield from _shared(scenario, day, space)


def _shared(scenario: Scenario, day: date, space: Space) -> Iterator[Event]:
    """One call that two accounts are told of, each with an id of its own."""
    caller, other = scenario.domains[0], scenario.domains[1]
    moment = _at(day, time(16, 0), "shared")
    named = {"domainId": caller.id, "spaceName": space.name}
    shared = hashlib.sha256(f"shared {day}".encode()).hexdigest()[:32]
    identity = sso_person(caller, caller.people[0])
    for receiver in (caller, other):
        event = _event(receiver, moment, "UpdateSpace", identity, named, sharedEventID=shared)
        yield event | {"awsRegion": caller.region}
