"""How AWS makes the bills: report definitions of the legacy report, and exports of Data Exports.

A legacy report may leave months alone once they are closed (`RefreshClosedReports`); an export always
delivers them again (AWS Data Exports user guide, export delivery).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from spaceledger.errors import SourceError
from spaceledger.partitions import billing_region, has_reports
from spaceledger.settings import AwsAccess, CostSource, Settings
from spaceledger.sources.aws import client_of, session_of
from spaceledger.sources.billing import asked_with, billing_accesses, partition_for
from spaceledger.sources.bills import Problem
from spaceledger.sources.budget_filters import plain
from spaceledger.sources.patience import ask, pages
from spaceledger.sources.snapshots import Question, Snapshot

_ASKED = "report definitions"
Kind = Literal["report", "export"]

_TABLE = pa.schema([
    ("costs_source", pa.string()), ("kind", pa.string()), ("report_name", pa.string()),
    ("bucket", pa.string()), ("prefix", pa.string()), ("time_unit", pa.string()),
    ("versioning", pa.string()), ("refreshes_closed_months", pa.bool_()), ("has_resource_ids", pa.bool_()),
    ("status", pa.string()),
])  # fmt: skip
# The table of Data Exports whose rows name resources only where they are asked to; FOCUS always does.
_WITH_OPTIONS = "COST_AND_USAGE_REPORT"


@dataclass(frozen=True, slots=True)
class Definition:
    """One report or export as AWS makes it. `refreshes_closed_months` and the like are None where unsaid."""

    kind: Kind
    name: str
    bucket: str
    prefix: str
    time_unit: str | None
    versioning: str | None
    refreshes_closed_months: bool | None
    has_resource_ids: bool | None
    status: str | None

    def makes(self, source: CostSource) -> bool:
        """Whether what lies under a source's uri is this report, or holds it."""
        bucket, _, path = source.uri.removeprefix("s3://").partition("/")
        own = "/".join(part for part in (self.prefix.strip("/"), self.name) if part) + "/"
        asked = path.strip("/") + "/" if path.strip("/") else ""
        return bucket == self.bucket and (own.startswith(asked) or asked.startswith(own))


def questions(settings: Settings) -> Iterator[Question]:
    """One question for each way a bill in S3 is reached."""
    for access in billing_accesses(settings):
        asked_as = asked_with(_ASKED, access)
        sources = tuple(
            source
            for source in settings.costs
            if source.has_billing_api and asked_with(_ASKED, source) == asked_as
        )
        yield Question(
            asked_as=asked_as,
            ask=lambda access=access, sources=sources: snapshot_of(access, sources),  # type: ignore[misc]
            severity="notice",
            with_bills=True,
        )


def snapshot_of(access: AwsAccess, sources: tuple[CostSource, ...]) -> Snapshot:
    """The table `report_definitions` of those that make the sources' bills, and what to do about them."""
    found = read_definitions(access)
    made = [(source, each) for source in sources for each in found if each.makes(source)]
    rows = [
        {"costs_source": source.name, "kind": each.kind, "report_name": each.name,
         "bucket": each.bucket, "prefix": each.prefix, "time_unit": each.time_unit,
         "versioning": each.versioning, "refreshes_closed_months": each.refreshes_closed_months,
         "has_resource_ids": each.has_resource_ids, "status": each.status}
        for source, each in made
    ]  # fmt: skip
    return Snapshot(
        asked_with(_ASKED, access),
        {"report_definitions": pa.Table.from_pylist(rows, _TABLE)},
        tuple(problem for source, each in made for problem in problems_of(source.name, each)),
    )


def read_definitions(access: AwsAccess) -> list[Definition]:
    """Every report and export of the account of an access. Raises SourceError where AWS refuses."""
    where = asked_with(_ASKED, access)
    session = session_of(access, where)
    partition = partition_for(access, session)
    if not has_reports(partition):
        raise SourceError(
            f"report definitions cannot be asked for in partition {partition}",
            where=where,
            todo="set billing_api = false of this source",
        )
    own = access.model_copy(update={"endpoint_url": None})
    region = billing_region(partition)
    reports = client_of("cur", own, where, region=region, session=session)
    exports = client_of("bcm-data-exports", own, where, region=region, session=session)
    every = (*_reports(reports, where), *_exports(exports, where))
    # A list may shift between two pages; names are unique, so one told twice is one.
    return list({(each.kind, each.name): each for each in every}.values())


def _reports(client: Any, where: str) -> Iterator[Definition]:
    for page in pages(
        client,
        "describe_report_definitions",
        where=where,
        permission="cur:DescribeReportDefinitions in the payer account",
    ):
        for told in page.get("ReportDefinitions") or ():
            elements = told.get("AdditionalSchemaElements") or ()
            yield Definition(
                "report", plain(str(told.get("ReportName", ""))), str(told.get("S3Bucket", "")),
                str(told.get("S3Prefix") or ""), told.get("TimeUnit"), told.get("ReportVersioning"),
                told.get("RefreshClosedReports"), "RESOURCES" in elements,
                (told.get("ReportStatus") or {}).get("lastStatus"),
            )  # fmt: skip


def _exports(client: Any, where: str) -> Iterator[Definition]:
    for page in pages(
        client,
        "list_exports",
        where=where,
        permission="bcm-data-exports:ListExports in the payer account",
    ):
        for listed in page.get("Exports") or ():
            yield _export(ask(
                client,
                "get_export",
                where=where,
                permission="bcm-data-exports:GetExport in the payer account",
                ExportArn=listed["ExportArn"],
            ))  # fmt: skip


def _export(answer: Mapping[str, Any]) -> Definition:
    export = answer.get("Export") or {}
    place = (export.get("DestinationConfigurations") or {}).get("S3Destination") or {}
    query = export.get("DataQuery") or {}
    options = (query.get("TableConfigurations") or {}).get(_WITH_OPTIONS) or {}
    status = answer.get("ExportStatus") or {}
    said = [plain(str(status[key])) for key in ("StatusCode", "StatusReason") if status.get(key)]
    return Definition(
        "export", plain(str(export.get("Name", ""))), str(place.get("S3Bucket", "")),
        str(place.get("S3Prefix") or ""), options.get("TIME_GRANULARITY"),
        (place.get("S3OutputConfigurations") or {}).get("Overwrite"), True,
        _names_resources(str(query.get("QueryStatement", "")), options), ", ".join(said) or None,
    )  # fmt: skip


def _names_resources(query: str, options: Mapping[str, str]) -> bool | None:
    """Whether lines carry resource ids; None where the table is one that has no such option."""
    if not options and _WITH_OPTIONS not in query.upper():
        return None
    is_asked = str(options.get("INCLUDE_RESOURCES", "")).upper() == "TRUE"
    return is_asked and ("*" in query or "line_item_resource_id" in query.lower())


def problems_of(source: str, made: Definition) -> Iterator[Problem]:
    """What the ledger misses because of how a bill is made, each with its next step."""
    where = f"{made.kind} {made.name}"
    if made.refreshes_closed_months is False:
        yield Problem(source, where, "closed_months_never_refresh", "warning",
                      "closed months never refresh: refunds, credits and backfilled tags that come later are"
                      " missed - set RefreshClosedReports to true: in the Billing console edit the report and"
                      " tick 'Refresh automatically', or `aws cur modify-report-definition`")  # fmt: skip
    if made.has_resource_ids is False:
        how = (
            "edit the report, or make a new one, with 'Include resource IDs'"
            if made.kind == "report"
            else "set INCLUDE_RESOURCES to TRUE and select line_item_resource_id:"
            " `aws bcm-data-exports update-export`"
        )
        yield Problem(source, where, "no_resource_ids", "warning",
                      f"lines carry no resource ids: only tags attribute them - {how}")  # fmt: skip
    if made.status and (made.status.startswith("ERROR") or made.status.startswith("UNHEALTHY")):
        yield Problem(source, where, "delivery_fails", "warning",
                      f"AWS cannot deliver it ({made.status}) - let the bucket's policy allow"
                      f" s3:PutObject to billingreports.amazonaws.com and bcm-data-exports.amazonaws.com"
                      f" in {plain(made.bucket)}, and see that the bucket is there")  # fmt: skip
