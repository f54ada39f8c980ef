"""Small marts of a made-up company: two domains, several spaces, hostile names, two currencies."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from tests.unit.reports import sample_budgets

MONEY = pa.decimal128(38, 12)
MEASURES = ("billed_cost", "effective_cost", "amortized_cost", "list_cost", "usage_hours")
TEXT, DAY, MOMENT = pa.string(), pa.date32(), pa.timestamp("us")

SCRIPT = "<script>window.hacked = 1</script>"
CLOSING = "</script><img src=x onerror=window.hacked=2>"
FORMULA = "=cmd|' /C calc'!A0"
RIGHT_TO_LEFT = "safe\u202etxt.exe\u200f \"quoted\" 'single' & <b>bold</b>"
LONG = "a" * 63
EMOJI = "équipe-🚀-数据"
HOSTILE = (SCRIPT, CLOSING, FORMULA, RIGHT_TO_LEFT, LONG, EMOJI)

DOMAIN_ONE = "arn:aws:sagemaker:us-east-1:345678901234:domain/d-frauddetect1"
DOMAIN_TWO = "arn:aws:sagemaker:eu-west-1:012345678901:domain/d-research0002"

SCHEMAS = {
    "space_spend_daily": {
        "usage_date": DAY,
        "billing_period": TEXT,
        "source": TEXT,
        "account_id": TEXT,
        "region": TEXT,
        "domain_arn": TEXT,
        "domain_id": TEXT,
        "space_arn": TEXT,
        "space_name": TEXT,
        "user_profile_arn": TEXT,
        "service_code": TEXT,
        "spend_category": TEXT,
        "instance_type": TEXT,
        "purchase_option": TEXT,
        "charge_category": TEXT,
        "charge_type": TEXT,
        "attribution_method": TEXT,
        "billing_currency": TEXT,
        **dict.fromkeys(MEASURES, MONEY),
        "charge_count": pa.int64(),
    },
    "space_spend_monthly": {
        "billing_period": TEXT,
        "space_arn": TEXT,
        "space_name": TEXT,
        "domain_arn": TEXT,
        "billing_currency": TEXT,
        **dict.fromkeys(MEASURES, MONEY),
        "previous_effective_cost": MONEY,
        "change_ratio": pa.float64(),
        "period_status": TEXT,
    },
    "resource_spend_monthly": {
        "billing_period": TEXT,
        "account_id": TEXT,
        "region": TEXT,
        "resource_id": TEXT,
        "spend_category": TEXT,
        "space_arn": TEXT,
        "space_name": TEXT,
        "attribution_method": TEXT,
        "billing_currency": TEXT,
        "instance_type": TEXT,
        "attribution_evidence": TEXT,
        "evidence_count": pa.int64(),
        **dict.fromkeys(MEASURES, MONEY),
        "charge_count": pa.int64(),
    },
    "bill_reconciliation": {
        "billing_period": TEXT,
        "source": TEXT,
        "role": TEXT,
        "charge_type": TEXT,
        "billing_currency": TEXT,
        "bill_billed_cost": MONEY,
        "ledger_billed_cost": MONEY,
        "outside_billed_cost": MONEY,
        "difference": MONEY,
        "bill_effective_cost": MONEY,
        "ledger_effective_cost": MONEY,
        "outside_effective_cost": MONEY,
        "effective_difference": MONEY,
        "bill_unblended_cost": MONEY,
        "row_count": pa.int64(),
        "period_status": TEXT,
    },
    "attribution_coverage": {
        "billing_period": TEXT,
        "attribution_method": TEXT,
        "billing_currency": TEXT,
        "effective_cost": MONEY,
        "share": pa.float64(),
        "charge_count": pa.int64(),
    },
    "deliveries": {
        "source": TEXT,
        "role": TEXT,
        "billing_period": TEXT,
        "delivery_id": TEXT,
        "billing_currency": TEXT,
        "delivered_at": MOMENT,
        "loaded_at": MOMENT,
        "row_count": pa.int64(),
        "kept_count": pa.int64(),
        "billed_cost": MONEY,
        "effective_cost": MONEY,
        "data_through": DAY,
        "is_current": pa.bool_(),
        "location": TEXT,
    },
    "restatements": {
        "build_id": TEXT,
        "built_at": MOMENT,
        "billing_period": TEXT,
        "space_arn": TEXT,
        "billing_currency": TEXT,
        "cause": TEXT,
        "effective_cost_before": MONEY,
        "effective_cost_after": MONEY,
    },
    "ingest_problems": {
        "source": TEXT,
        "location": TEXT,
        "problem": TEXT,
        "severity": TEXT,
        "detail": TEXT,
        "billing_period": TEXT,
        "first_seen_at": MOMENT,
        "last_seen_at": MOMENT,
    },
    "spaces": {
        "space_arn": TEXT,
        "space_name": TEXT,
        "space_display_name": TEXT,
        "domain_arn": TEXT,
        "domain_name": TEXT,
        "account_id": TEXT,
        "account_name": TEXT,
        "region": TEXT,
        "sharing_type": TEXT,
        "team": TEXT,
        "owner": TEXT,
        "cost_centre": TEXT,
        "app_type": TEXT,
        "storage_gb": MONEY,
        "status": TEXT,
        "created_at": MOMENT,
        "deleted_at": MOMENT,
        "first_spend_date": DAY,
        "last_spend_date": DAY,
        "last_activity_at": MOMENT,
        "evidence": TEXT,
    },
    "unattended_spend": {
        "window_start": DAY,
        "window_end": DAY,
        "space_arn": TEXT,
        "space_name": TEXT,
        "resource_id": TEXT,
        "spend_category": TEXT,
        "billing_currency": TEXT,
        "last_active_at": MOMENT,
        "unattended_days": pa.int64(),
        "app_hours": MONEY,
        "unattended_hours": MONEY,
        "cost_low": MONEY,
        "cost_high": MONEY,
    },
    "space_users_monthly": {
        "billing_period": TEXT,
        "space_arn": TEXT,
        "account_id": TEXT,
        "user_name": TEXT,
        "identity_evidence": TEXT,
        "active_days": pa.int64(),
        "event_count": pa.int64(),
        "write_event_count": pa.int64(),
        "share": pa.float64(),
    },
    "space_people_monthly": {
        "billing_period": TEXT,
        "space_arn": TEXT,
        "space_name": TEXT,
        "sharing_type": TEXT,
        "billing_currency": TEXT,
        "effective_cost": MONEY,
        "active_users": pa.int64(),
        "cost_per_active_user": MONEY,
        "event_count": pa.int64(),
        "unidentified_event_count": pa.int64(),
        "unidentified_share": pa.float64(),
        "top_user_name": TEXT,
        "top_user_share": pa.float64(),
        "people": TEXT,
    },
    "run": {
        "build_id": TEXT,
        "built_at": MOMENT,
        "as_of": DAY,
        "cost_metric": TEXT,
        "show_spaces": TEXT,
    },
}
SCHEMAS |= sample_budgets.SCHEMAS


def table(mart: str, rows: list[dict] | None = None) -> pa.Table:
    """Rows as the mart's Arrow table; columns left out are null."""
    schema = pa.schema(SCHEMAS[mart])
    whole = [{name: row.get(name) for name in schema.names} for row in rows or []]
    return pa.Table.from_pylist(whole, schema=schema)


def empty_marts(**run: object) -> dict[str, pa.Table]:
    """Every mart without a row, and the run."""
    facts = {
        "build_id": "20261013T060000-1a2b",
        "built_at": datetime(2026, 10, 13, 6, 0),
        "as_of": date(2026, 10, 13),
        "cost_metric": "effective_cost",
        "show_spaces": "shared",
    }
    return {name: table(name) for name in SCHEMAS} | {"run": table("run", [facts | run])}


def space(domain: str, name: str, **facts: object) -> dict:
    arn = f"{domain.replace(':domain/', ':space/')}/{name.lower()}"
    found = {
        "space_arn": arn,
        "space_name": name,
        "domain_arn": domain,
        "domain_name": "Fraud detection" if domain == DOMAIN_ONE else None,
        "account_id": domain.split(":")[4],
        "region": domain.split(":")[3],
        "evidence": "tag",
    }
    return found | facts


SPACES = [
    space(DOMAIN_ONE, "fraud-models", team="Risk analytics", owner="maria.lopez@example.com"),
    space(DOMAIN_ONE, "Chargebacks", space_display_name="Chargebacks & disputes", team="Payments"),
    space(DOMAIN_ONE, SCRIPT, team=SCRIPT, owner=CLOSING),
    space(DOMAIN_ONE, FORMULA, team=FORMULA, owner=RIGHT_TO_LEFT),
    space(DOMAIN_ONE, LONG, owner="a.person.with.a.rather.long.address@subsidiary.example.com"),
    space(DOMAIN_TWO, "fraud-models", team="Research", owner="j.weber@example.com"),
    space(DOMAIN_TWO, CLOSING),
    space(DOMAIN_TWO, RIGHT_TO_LEFT, deleted_at=datetime(2026, 9, 20, 8, 30)),
    space(DOMAIN_TWO, EMOJI, team="Data science"),
    space(DOMAIN_TWO, "default-1764000000", sharing_type="Private", owner="t.okafor@example.com"),
    space(DOMAIN_TWO, "never-used", evidence="configuration"),
]

# category, instance type, purchase option, daily price, method
WORK = [
    ("Studio apps", "ml.t3.medium", "On-Demand", "4.41", "space_tag"),
    ("training", "ml.g5.2xlarge", "On-Demand", "18.302", "space_history"),
    ("processing", "ml.m5.xlarge", "Spot", "2.77", "space_tag"),
    ("hosting", "ml.m5.large", "Savings Plan", "6.048", "space_tag"),
    ("Studio storage", None, "On-Demand", "0.3733333333", "space_resource"),
    ("Canvas", None, "On-Demand", "1.9", "space_tag"),
]
FIRST, LAST = date(2026, 6, 1), date(2026, 10, 11)


def _charges() -> list[dict]:
    found = []
    for number, owner in enumerate(SPACES[:-1]):
        for day in range((LAST - FIRST).days + 1):
            when = FIRST + timedelta(days=day)
            if owner.get("deleted_at") and when > date(2026, 9, 20):
                continue
            for kind, (category, instance, option, price, method) in enumerate(WORK):
                if (day * 7 + number * 3 + kind * 5) % 4 < 2 - (
                    kind > 3
                ) and category != "Studio apps":
                    continue
                weekend = Decimal("0.3") if when.weekday() > 4 else Decimal(1)
                size = Decimal(10 + (number * 13 + day * kind) % 17) / 10
                amount = (Decimal(price) * weekend * size / (1 + number)).quantize(Decimal("1e-12"))
                found.append(_charge(when, owner, category, instance, option, amount, method))
    for month in range(6, 11):
        first = date(2026, month, 1)
        found += [
            _charge(first, None, "home file system", None, "On-Demand", Decimal("31.5"), "domain"),
            _charge(
                first,
                None,
                "hosting",
                "ml.m5.large",
                "On-Demand",
                Decimal("212.04"),
                "unattributed",
            ),
            _charge(first, None, "tax", None, None, Decimal("88.11"), "unattributed"),
            _charge(first, None, "credit", None, None, Decimal("-150"), "unattributed"),
        ]
    euro = [SPACES[5], SPACES[8], None]
    for day in range(40):
        when = date(2026, 8, 20) + timedelta(days=day)
        for number, owner in enumerate(euro):
            amount = Decimal("0.0041") if owner is None else Decimal(f"{3 + number}.25")
            found.append(
                _charge(
                    when, owner, "training", "ml.m5.large", "On-Demand", amount, "space_tag", "EUR"
                )
            )
    return found


def _charge(when, owner, category, instance, option, amount, method, currency="USD") -> dict:
    owner = owner or {}
    domain = owner.get("domain_arn") or (DOMAIN_ONE if method == "domain" else None)
    return {
        "usage_date": when,
        "billing_period": f"{when:%Y-%m}",
        "source": "acme" if currency == "USD" else "acme-eu",
        "account_id": "345678901234",
        "region": "us-east-1",
        "domain_arn": domain,
        "domain_id": domain and domain.rsplit("/", 1)[1],
        "space_arn": owner.get("space_arn"),
        "space_name": owner.get("space_name"),
        "service_code": "AmazonSageMaker",
        "spend_category": category,
        "instance_type": instance,
        "purchase_option": option,
        "charge_category": {"tax": "Tax", "credit": "Credit"}.get(category, "Usage"),
        "charge_type": {"tax": "Tax", "credit": "Credit"}.get(category, "Usage"),
        "attribution_method": method,
        "billing_currency": currency,
        "billed_cost": amount,
        "effective_cost": amount,
        "amortized_cost": amount,
        "list_cost": amount * 2 if option else None,
        "usage_hours": Decimal("3.5") if instance else None,
        "charge_count": 1,
    }


def _grouped(charges: list[dict], *keys: str) -> dict[tuple, dict]:
    found: dict[tuple, dict] = {}
    for charge in charges:
        key = tuple(charge[name] for name in keys)
        row = found.setdefault(key, {name: charge[name] for name in keys})
        for measure in MEASURES:
            if charge[measure] is not None:
                row[measure] = row.get(measure, Decimal(0)) + charge[measure]
        row["charge_count"] = row.get("charge_count", 0) + 1
    return found


def _status(period: str) -> str:
    return {"2026-10": "open", "2026-09": "estimated"}.get(period, "final")


def _monthly(charges: list[dict]) -> list[dict]:
    keys = ("billing_period", "space_arn", "space_name", "domain_arn", "billing_currency")
    return [
        row | {"period_status": _status(row["billing_period"])}
        for row in _grouped(charges, *keys).values()
    ]


def _resources(charges: list[dict]) -> list[dict]:
    keys = ("billing_period", "account_id", "region", "spend_category", "space_arn", "space_name")
    grouped = _grouped(charges, *keys, "attribution_method", "billing_currency", "instance_type")
    return [
        row
        | {
            "resource_id": f"arn:aws:sagemaker:us-east-1:345678901234:{row['spend_category']}/{SCRIPT}",
            "attribution_evidence": f"tag sagemaker:space-arn = {row['space_arn']}",
            "evidence_count": 1 + len(row["spend_category"]) % 3,
        }
        for row in grouped.values()
    ]


def _coverage(charges: list[dict]) -> list[dict]:
    named = [
        charge | {"attribution_method": charge["spend_category"]}
        if charge["charge_category"] != "Usage"
        else charge
        for charge in charges
    ]
    found = list(
        _grouped(named, "billing_period", "attribution_method", "billing_currency").values()
    )
    wholes = _grouped(
        [c for c in charges if c["charge_category"] == "Usage"],
        "billing_period",
        "billing_currency",
    )
    for row in found:
        whole = wholes[(row["billing_period"], row["billing_currency"])]["effective_cost"]
        is_usage = row["attribution_method"] not in {"tax", "credit"}
        row["share"] = float(row["effective_cost"] / whole) if is_usage else None
    return found


def _reconciliation(charges: list[dict]) -> list[dict]:
    found = []
    for row in _grouped(
        charges, "billing_period", "source", "charge_type", "billing_currency"
    ).values():
        outside = Decimal("18442.7712345678")
        zero = {"difference": Decimal(0), "effective_difference": Decimal(0)}
        measures = {}
        for name in ("billed_cost", "effective_cost"):
            measures |= {f"ledger_{name}": row[name], f"outside_{name}": outside}
            measures |= {f"bill_{name}": row[name] + outside}
        status = {
            "role": "ledger",
            "row_count": 122_304,
            "period_status": _status(row["billing_period"]),
        }
        found.append(row | zero | measures | status)
    return [*found, found[0] | {"source": "acme-focus", "role": "compare", "charge_type": "Usage"}]


def _deliveries() -> list[dict]:
    return [
        {
            "source": "acme",
            "role": "ledger",
            "billing_period": f"2026-{month:02}",
            "delivery_id": f"{month:08x}-5f1d-4c1e-9f6b-0242ac12000{month % 10}",
            "billing_currency": "USD",
            "delivered_at": datetime(2026, month, 28, 4, 15),
            "loaded_at": datetime(2026, 10, 13, 6, 0),
            "row_count": 122_304,
            "kept_count": 900,
            "billed_cost": Decimal("18999.12"),
            "data_through": LAST if month == 10 else date(2026, month, 28),
            "is_current": True,
        }
        for month in range(6, 11)
    ]


PROBLEMS = [
    {
        "source": "acme",
        "location": f"s3://acme-billing/cur/{SCRIPT}/20260701-20260801/acme-Manifest.json",
        "problem": "missing_file",
        "severity": "error",
        "detail": f"the manifest names a file that is not there: {CLOSING}; this period keeps its previous version",
        "billing_period": "2026-07",
        "first_seen_at": datetime(2026, 10, 12, 6, 0),
        "last_seen_at": datetime(2026, 10, 13, 6, 0),
    },
    {
        "source": "acme-eu",
        "location": "bills/eu",
        "problem": "no_manifest",
        "severity": "notice",
        "detail": "a plain folder without manifests was read by period",
        "first_seen_at": datetime(2026, 10, 12, 6, 0),
        "last_seen_at": datetime(2026, 10, 13, 6, 0),
    },
]


def _users() -> list[dict]:
    return [
        {
            "billing_period": "2026-10",
            "space_arn": owner["space_arn"],
            "account_id": "345678901234",
            "user_name": name,
            "identity_evidence": evidence,
            "active_days": 4 + number,
            "event_count": 1200 - 97 * number,
            "share": share,
        }
        for owner in SPACES[:4]
        for number, (name, evidence, share) in enumerate(
            [
                (SCRIPT, "sso_session", 0.61),
                (FORMULA, "source_identity", 0.39),
                (None, "unidentified", None),
            ]
        )
    ]


def _people() -> list[dict]:
    return [
        {
            "billing_period": "2026-10",
            "space_arn": owner["space_arn"],
            "billing_currency": "USD",
            "cost_per_active_user": Decimal("104.123456"),
            "unidentified_share": 0.3,
            "people": "two to five",
        }
        for owner in SPACES[:4]
    ]


def _unattended() -> list[dict]:
    return [
        {
            "window_start": date(2026, 9, 12),
            "window_end": LAST,
            "space_arn": owner["space_arn"],
            "resource_id": f"arn:aws:sagemaker:us-east-1:345678901234:app/d-frauddetect1/{CLOSING}/JupyterLab/default",
            "spend_category": "Studio apps",
            "billing_currency": "USD",
            "last_active_at": datetime(2026, 9, 20, 17, 4) if number else None,
            "unattended_days": 12,
            "cost_low": Decimal("18.5"),
            "cost_high": Decimal(f"{20 + number}.75"),
        }
        for number, owner in enumerate(SPACES[:5])
    ]


def sample_marts(**run: object) -> dict[str, pa.Table]:
    """The whole company."""
    charges = _charges()
    dates: dict[str, list[date]] = {}
    for charge in charges:
        if charge["space_arn"] and charge["purchase_option"]:
            dates.setdefault(charge["space_arn"], []).append(charge["usage_date"])
    spaces = [
        owner
        | {
            "first_spend_date": min(dates.get(owner["space_arn"], []), default=None),
            "last_spend_date": max(dates.get(owner["space_arn"], []), default=None),
        }
        for owner in SPACES
    ]
    changed = {
        "build_id": "20261013T060000-1a2b",
        "built_at": datetime(2026, 10, 13, 6, 0),
        "billing_period": "2026-08",
        "space_arn": SPACES[2]["space_arn"],
        "billing_currency": "USD",
        "cause": "delivery",
        "effective_cost_before": Decimal("300.10"),
        "effective_cost_after": Decimal("312.4412"),
    }
    return empty_marts(**run) | {
        "space_spend_daily": table("space_spend_daily", charges),
        "space_spend_monthly": table("space_spend_monthly", _monthly(charges)),
        "resource_spend_monthly": table("resource_spend_monthly", _resources(charges)),
        "bill_reconciliation": table("bill_reconciliation", _reconciliation(charges)),
        "attribution_coverage": table("attribution_coverage", _coverage(charges)),
        "deliveries": table("deliveries", _deliveries()),
        "restatements": table("restatements", [changed]),
        "ingest_problems": table("ingest_problems", PROBLEMS),
        "spaces": table("spaces", spaces),
        "space_users_monthly": table("space_users_monthly", _users()),
        "space_people_monthly": table("space_people_monthly", _people()),
        "unattended_spend": table("unattended_spend", _unattended()),
        **{
            mart: table(mart, found)
            for mart, found in sample_budgets.budgets(SPACES, HOSTILE, DOMAIN_ONE).items()
        },
    }
