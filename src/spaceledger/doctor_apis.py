"""The doctor's look at AWS's APIs: tags and backfills, how bills are made, budgets, and SageMaker.

Everything is asked as a run asks it. What is refused never keeps the rest from being looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableSet
from datetime import date
from functools import partial

from spaceledger.errors import SourceError
from spaceledger.findings import Finding, Level, refused
from spaceledger.settings import AwsAccess, CostSource, Settings, SpacesApi
from spaceledger.sources.snapshots import understood

SPACE_TAG = "sagemaker:space-arn"


def tags(
    settings: Settings, first_billed: Mapping[str, date], today: date, active: MutableSet[str]
) -> Iterator[Finding]:
    """Tags and backfills as the payer accounts tell of them; keys that are active join `active`.

    `first_billed` is the first day of each bill that could be listed, by the name of its source.
    """
    if not any(source.has_billing_api for source in settings.costs):
        return
    # boto3 takes its time to import: only where something is asked.
    from spaceledger.sources import cost_tags
    from spaceledger.sources.billing import asked_with, billing_accesses

    for access in billing_accesses(settings):
        subject = asked_with(cost_tags.ASKED, access)
        try:
            told = understood(partial(cost_tags.read_cost_tags, access), subject)
        except SourceError as error:
            yield refused(subject, error, "note")
            continue
        for tag in told.tags:
            if tag.status == "Active":
                active.add(tag.key)
                since = f" since {tag.updated_on}" if tag.updated_on else ""
                used = f", last used in {tag.last_used_on:%Y-%m}" if tag.last_used_on else ""
                yield Finding(
                    "ok", tag.key, f"is active in payer account {told.account_id}{since}{used}"
                )
        for problem in cost_tags.problems_of(told):
            level: Level = "fault" if problem.severity == "warning" else "note"
            what, _, todo = problem.detail.partition(" - ")
            yield Finding(level, problem.location.removeprefix("tag "), what, todo)
        days = [
            first_billed[each.name]
            for each in _alike(settings, access)
            if each.name in first_billed
        ]
        if days and (wanted := cost_tags.backfill_wanted(told, min(days), today)):
            key, first = wanted
            yield Finding("note", key, f"the bills from {first:%Y-%m} until its activation lack it",
                          cost_tags.backfill(first, told.account_id))  # fmt: skip


def reports(settings: Settings) -> Iterator[Finding]:
    """How AWS makes each bill that lies in S3."""
    if not any(source.has_billing_api for source in settings.costs):
        return
    from spaceledger.sources import report_definitions
    from spaceledger.sources.billing import asked_with, billing_accesses

    for access in billing_accesses(settings):
        subject = asked_with("report definitions", access)
        try:
            found = understood(partial(report_definitions.read_definitions, access), subject)
        except SourceError as error:
            yield refused(subject, error, "note")
            continue
        for source in _alike(settings, access):
            made = [each for each in found if each.makes(source)]
            if not made:
                what = "no report or export of this account is delivered there"
                todo = "nothing, where it is a copy; else ask as the payer account: set role_arn"
                yield Finding("note", source.name, what, todo)
            for each in made:
                problems = list(report_definitions.problems_of(source.name, each))
                for problem in problems:
                    what, _, todo = problem.detail.partition(" - ")
                    yield Finding("note", source.name, f"{problem.location}: {what}", todo)
                if not problems:
                    unit = f" {each.time_unit}" if each.time_unit else ""
                    yield Finding("ok", source.name, f"is{unit} {each.kind} {each.name}")


def _alike(settings: Settings, access: AwsAccess) -> list[CostSource]:
    """The bills that are reached as this one is."""
    from spaceledger.sources.billing import asked_with

    label = asked_with("", access)
    return [
        source
        for source in settings.costs
        if source.has_billing_api and asked_with("", source) == label
    ]


def budgets(settings: Settings) -> Iterator[Finding]:
    """Whether each account's budgets can be read, and how many are bound."""
    if not settings.aws_budgets:
        return
    from spaceledger.sources import aws_budgets

    for asked in settings.aws_budgets:
        subject = f"AWS Budgets {asked.account_id}"
        try:
            told = understood(partial(aws_budgets.read_budgets, asked), subject)
        except SourceError as error:
            yield refused(subject, error)
            continue
        count, bound = aws_budgets.bound(told)
        yield Finding(
            "ok", subject, f"{count} budgets, {bound} of them exactly of spaces or domains"
        )
        for problem in told.problems:
            what, _, todo = problem.detail.partition(" - ")
            yield Finding("note", subject, f"{problem.location}: {what}", todo)


def spaces(settings: Settings) -> Iterator[Finding]:
    """Whether SageMaker tells all it is asked for, region by region."""
    for api in settings.spaces_api:
        for region in api.regions:
            yield from _region(api, region)


def _region(api: SpacesApi, region: str) -> Iterator[Finding]:
    from spaceledger.sources.billing import asked_with
    from spaceledger.sources.spaces_probe import probe

    subject = asked_with(f"sagemaker {region}", api)
    try:
        count, missing = understood(partial(probe, api, region, subject), subject)
    except SourceError as error:
        yield refused(subject, error)
        return
    for each in missing:
        yield refused(subject, each)
    if not missing:
        yield Finding("ok", subject, f"{count} domains, and lists what is in them")
