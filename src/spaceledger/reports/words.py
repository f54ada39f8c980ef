"""The words pages use for measures, methods and causes."""

from __future__ import annotations

from collections.abc import Mapping

MEASURES: Mapping[str, tuple[str, str]] = {
    "effective_cost": (
        "Effective cost",
        "what was used, with prepaid fees spread over their use and discounts taken",
    ),
    "amortized_cost": (
        "Amortized cost",
        "what was used, with prepaid fees spread over their use, before negotiated discounts",
    ),
    "billed_cost": ("Billed cost", "what is invoiced, prepaid fees in the month they fall due"),
    "list_cost": ("List cost", "what the usage would cost at on-demand list prices"),
}

METHODS: Mapping[str, str] = {
    "space_tag": "The charge carries the tag of a space",
    "space_resource": "The resource is a space or an app of one",
    "space_history": "Another charge of the same resource carries the tag",
    "space_event": "A recorded call shows the resource was made in the space",
    "user_profile": "The charge names a user profile, and no space",
    "domain": "The charge belongs to a whole domain, such as its home file system",
    "unattributed": "SageMaker cost that nothing on the bill ties to a space or a domain",
    "tax": "Tax: not usage, has no share",
    "credit": "Credits: not usage, have no share",
    "refund": "Refunds: not usage, have no share",
    "discount": "Discounts on lines of their own: not usage, have no share",
    "savings plan negation": "Lines that cancel covered usage: not usage, have no share",
    "unused Savings Plan commitment": "Commitment that nobody used, spread over no space",
    "other charges": "Fees and adjustments: not usage, have no share",
}

IDENTITIES: Mapping[str, str] = {
    "source_identity": "source identity of the session",
    "on_behalf_of": "identity the call was made on behalf of",
    "iam_user": "IAM user",
    "sso_session": "session of IAM Identity Center",
    "user_profile": "user profile the call opened or started",
    "unidentified": "no evidence: shared roles and services",
}

PEOPLE: Mapping[str, str] = {
    "not told": "no trail tells of this month",
    "nobody seen": "nobody was seen at work",
    "unidentified only": "only calls that name nobody",
    "one person": "one person works in it",
    "two to five": "two to five people, the size co-editing suits",
    "more than five": "more than five people",
}

STATUSES: Mapping[str, str] = {
    "open": "not over yet",
    "estimated": "over, not invoiced yet",
    "final": "invoiced",
    "unknown": "the export carries no invoice id",
    "mixed": "sources differ",
}

CAUSES: Mapping[str, str] = {
    "delivery": "AWS delivered the period again",
    "evidence": "Tags or events changed what is known",
    "configuration": "The configuration changed",
    "code": "The rules of spaceledger changed",
}

OUTSIDE: tuple[str, ...] = (
    "S3, CloudWatch, ECR and other services that a space uses, unless their charges carry a SageMaker tag. "
    "They stand as “outside” in the reconciliation.",
    "Tax, credits, refunds and unused commitment are counted in the ledger, and spread over no space.",
    "Cost of a domain or a user profile is not shared out to the spaces of that domain.",
    "Usage after the day given as “data through”: AWS delivers it one to two days late.",
)

BUDGET_STATUSES: Mapping[str, str] = {
    "breached": "The amount is reached",
    "breach_forecast": "Likely to reach the amount before the period ends",
    "watch": "Close to the amount, or it may be reached",
    "ok": "Holds",
    "no_data": "No charge in this period yet",
    "unknown_scope": "No bill, trail or API has ever named this space or domain",
}

# In the order of what to look at first.
BUDGET_STATUS_NAMES: Mapping[str, str] = {
    "breached": "breached",
    "breach_forecast": "breach forecast",
    "watch": "watch",
    "ok": "ok",
    "no_data": "no data",
    "unknown_scope": "unknown scope",
}
