"""What a published ledger says of its own inputs: how fresh, how tagged, how broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from spaceledger.warehouse.connection import open_published, run

_TAGS = {
    "sagemaker:domain-arn": "domain_arn_tag",
    "sagemaker:space-arn": "space_arn_tag",
    "sagemaker:user-profile-arn": "user_profile_arn_tag",
    "ManagedByAmazonSageMakerResource": "managed_by_tag",
}


@dataclass(frozen=True, slots=True)
class Health:
    """Newest day of usage, lines of the newest month with each tag, open errors, trails, and payer accounts.

    `trails`: of each trail its newest date, its records, and those of SageMaker among them.
    """

    data_through: date | None
    tagged_lines: dict[str, int]
    error_count: int
    trails: dict[str, tuple[date, int, int]]
    payers: tuple[str, ...] = ()


def of(ledger: Path) -> Health:
    """The health of a published ledger."""
    columns = ", ".join(_TAGS.values())
    counts = ", ".join(f"count({column})" for column in _TAGS.values())
    with open_published(ledger) as con:
        through = run(con, "select max(data_through) from marts.deliveries where is_current")
        tagged = run(
            con,
            f"""
            with line as (
                select billing_period, {columns} from raw.cur__line_items
                union all
                select billing_period, {columns} from raw.focus__line_items
            )
            select {counts} from line where billing_period = (select max(billing_period) from line)
            """,
        )
        errors = run(con, "select count(*) from marts.ingest_problems where severity = 'error'")
        trails = run(
            con,
            "select source, max(event_date), sum(event_count)::bigint, coalesce(sum(event_count) filter"
            " (where event_source = 'sagemaker.amazonaws.com'), 0)::bigint"
            " from marts.trail_events_daily group by source",
        )
        payers = run(
            con,
            "select distinct payer_account_id from raw.delivery_totals"
            " where payer_account_id is not null order by all",
        )
    tags = dict(zip(_TAGS, tagged[0], strict=True))
    told = {source: (newest, events, ours) for source, newest, events, ours in trails}
    return Health(through[0][0], tags, errors[0][0], told, tuple(row[0] for row in payers))
