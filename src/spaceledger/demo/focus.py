"""Charges as AWS's FOCUS 1.2 export writes them: CSV in GZIP, `NULL` for nothing, tags as JSON text.

Discounts are inside the costs, covered usage and its negation are one row, and what of a commitment
was not used is a row of usage. Columns: table dictionary of FOCUS_1_2_AWS.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from spaceledger.demo.charges import Charge
from spaceledger.demo.cur import invoice_id, month_after
from spaceledger.demo.scenario import Company

_CATEGORIES = {"Fee": "Purchase", "SavingsPlanRecurringFee": "Purchase", "Tax": "Tax",
               "Credit": "Credit", "Refund": "Adjustment"}  # fmt: skip
_NOTHING = "NULL"


def focus_csv(company: Company, charges: Sequence[Charge]) -> bytes:
    """A chunk of a FOCUS export."""
    rows = [row for charge in charges for row in _rows(company, charge)]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: value or _NOTHING for name, value in row.items()} for row in rows)
    return gzip.compress(text.getvalue().encode(), mtime=0)


def _rows(company: Company, charge: Charge) -> Iterator[dict[str, str]]:
    if charge.type in {"SavingsPlanNegation", "EdpDiscount"}:
        return
    if charge.type == "SavingsPlanCoveredUsage":
        yield _row(company, charge, Decimal(0), charge.plan_cost or Decimal(0), status="Used")
    elif charge.committed is not None and charge.used is not None:
        yield _row(company, charge, charge.cost, Decimal(0))
        if unused := charge.committed - charge.used:
            yield _row(company, charge, Decimal(0), unused, category="Usage", status="Unused")
    else:
        yield _row(company, charge, charge.net_cost, charge.net_cost)


def _row(
    company: Company,
    charge: Charge,
    billed: Decimal,
    effective: Decimal,
    category: str = "",
    status: str = "",
) -> dict[str, str]:
    list_cost = charge.cost if charge.unit and charge.committed is None else Decimal(0)
    return {
        "BilledCost": _number(billed),
        "BillingAccountId": company.payer,
        "BillingCurrency": "USD",
        "BillingPeriodEnd": f"{month_after(charge.period)}T00:00:00.000Z",
        "BillingPeriodStart": f"{charge.period}-01T00:00:00.000Z",
        "ChargeCategory": category or _CATEGORIES.get(charge.type, "Usage"),
        "ChargeClass": "",
        "ChargeDescription": charge.description,
        "ChargeFrequency": "Recurring" if charge.committed is not None else "Usage-Based",
        "ChargePeriodEnd": f"{charge.day + timedelta(days=1)}T00:00:00.000Z",
        "ChargePeriodStart": f"{charge.day}T00:00:00.000Z",
        "CommitmentDiscountId": charge.plan_arn,
        "CommitmentDiscountStatus": status,
        "CommitmentDiscountType": "Savings Plan" if charge.plan_arn else "",
        "ConsumedQuantity": _number(charge.amount) if charge.unit else "",
        "ConsumedUnit": charge.unit,
        "EffectiveCost": _number(effective),
        "InvoiceId": invoice_id(company, charge),
        "ListCost": _number(list_cost),
        "ProviderName": "AWS",
        "RegionId": charge.region,
        "ResourceId": charge.resource,
        "ServiceName": charge.service,
        "SkuMeter": charge.usage_type,
        "SubAccountId": charge.account,
        "Tags": json.dumps(dict(charge.tags)),
        "x_Operation": charge.operation,
        "x_ServiceCode": charge.product,
    }


def _number(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
