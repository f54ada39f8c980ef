"""What one bill line says: its numbers, dates and kind, its space, whether the ledger wants it.

Rules: design section 2 ("Scope", "Attribution").
"""

import json
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache

from tests.independent.readers import SPACE, TAG_KEY_OF, TAG_KEYS, TAG_MAPS, Line, utc_date

ZERO = Decimal(0)
TWELVE_DECIMALS = Decimal("1e-12")
OPERATIONS_OF_SPLIT_LINES = frozenset({"EKSPod-EC2", "ECSTask-EC2"})
SERVICES = frozenset({"AmazonSageMaker", "MachineLearningSavingsPlans"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SPACE_ARN = re.compile(
    r"arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:space/"
    r"(?P<domain>d-(-*[a-z0-9])+)/(?P<name>[a-z0-9](-*[a-z0-9])*)"
)


# numbers


def parse_number(text: str) -> Decimal:
    """An exact decimal; what Python alone would take for a number (`1_000`, `NaN`) is refused."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {text!r}")
    return Decimal(text)


def to_money(value: Decimal) -> Decimal:
    """Round half up to twelve decimals, where there are more."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -12:
        return value
    with localcontext(prec=60):
        return value.quantize(TWELVE_DECIMALS, ROUND_HALF_UP)


@lru_cache(maxsize=100_000)
def _money_of_text(text: str) -> Decimal | None:
    return to_money(parse_number(text)) if text else None


def money(line: Line, *columns: str, otherwise: Decimal = ZERO) -> Decimal:
    """The first of these columns that has a value on this line."""
    for column in columns:
        value = _money_of_text(line.get(column, ""))
        if value is not None:
            return value
    return otherwise


# what a line says


def is_focus(line: Line) -> bool:
    """Whether the line comes from a FOCUS export."""
    return "billed_cost" in line


def is_split(line: Line) -> bool:
    """Whether the line repeats a part of a cluster node's cost."""
    return line.get("line_item_operation") in OPERATIONS_OF_SPLIT_LINES


def has_net(line: Line) -> bool:
    """Whether negotiated discounts are worked into this line's net columns."""
    return bool(line.get("line_item_net_unblended_cost"))


def has_savings_plan_costs(line: Line) -> bool:
    """Whether the line's file has a column that says what Savings Plan usage cost."""
    prefix = "savings_plan_"
    names = ("savings_plan_effective_cost", "net_savings_plan_effective_cost")
    return any(prefix + name in line for name in names)


def charge_type(line: Line) -> str:
    """The line item type; of a FOCUS line its category, and its class when it has one."""
    if is_focus(line):
        return f"{line.get('charge_category', '')} {line.get('charge_class', '')}".strip()
    return line.get("line_item_line_item_type", "")


def currency(line: Line) -> str:
    """The billing currency; '' when the export left it out."""
    return line.get("billing_currency" if is_focus(line) else "line_item_currency_code", "")


def usage_date(line: Line) -> str:
    """The UTC date on which the usage began, '' when it has none."""
    column = "charge_period_start" if is_focus(line) else "line_item_usage_start_date"
    return utc_date(line[column]) if line.get(column) else ""


def billing_period(line: Line) -> str:
    """The month the line is billed in, `2026-08`."""
    column = "billing_period_start" if is_focus(line) else "bill_billing_period_start_date"
    return (utc_date(line[column]) if line.get(column) else usage_date(line))[:7]


def usage_type(line: Line) -> str:
    """What was metered."""
    return line.get("line_item_usage_type") or line.get("x_usage_type") or line.get("sku_meter", "")


def usage_amount(line: Line) -> Decimal:
    """How much was metered, unrounded."""
    text = line.get("line_item_usage_amount") or line.get("consumed_quantity") or "0"
    return parse_number(text)


# whose a line is


@lru_cache(maxsize=10_000)
def _tags_of_map(text: str) -> tuple[tuple[str, str], ...]:
    if "agemaker" not in text.lower():
        return ()
    pairs = ((TAG_KEY_OF.get(key), value) for key, value in json.loads(text).items())
    return tuple((key, str(value)) for key, value in pairs if key and value is not None)


def tag_values(line: Line, key: str) -> list[str]:
    """Every filled value of a SageMaker tag: its own column's first, then the maps'."""
    maps = (pair for name in TAG_MAPS if line.get(name) for pair in _tags_of_map(line[name]))
    values = [line.get(f"tag:{key}", ""), *(value for k, value in maps if k == key)]
    return [value for value in values if value.strip()]


def well_formed_space(text: str) -> str | None:
    """The space ARN in lower case, if it is one."""
    match = _SPACE_ARN.fullmatch(text.lower())
    if match and max(len(match["domain"]), len(match["name"])) <= 63:
        return match[0]
    return None


def space_of(line: Line) -> str | None:
    """The space its tag names, in lower case; nothing else is asked."""
    return next(filter(None, map(well_formed_space, tag_values(line, SPACE))), None)


def in_scope(line: Line) -> bool:
    """Whether the line belongs in the ledger, from the line alone."""
    if is_split(line):
        return False
    services = ("line_item_product_code", "x_service_code", "service_name")
    if next((line[name] for name in services if line.get(name)), "") in SERVICES:
        return True
    resource = line.get("line_item_resource_id") or line.get("resource_id", "")
    if re.match(r"arn:aws[a-z-]*:sagemaker:", resource.lower()):
        return True
    return any(tag_values(line, key) for key in TAG_KEYS)
