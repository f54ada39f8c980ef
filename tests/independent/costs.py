"""The cost measures of one bill line.

Formulas: design section 2 ("Cost measures"); 6.1 to 6.3 are sections of aws-facts.
"""

from decimal import Decimal, localcontext

from tests.independent.lines import (
    ZERO,
    charge_type,
    has_net,
    has_savings_plan_costs,
    is_focus,
    is_split,
    money,
    to_money,
)
from tests.independent.readers import Line

USAGE_TYPES = frozenset({"Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"})
DISCOUNT_TYPES = frozenset({"EdpDiscount", "PrivateRateDiscount", "BundledDiscount", "Discount"})
SAVINGS_PLAN_REFUND = "Refund for one-time fee for Savings Plan"


def unblended_cost(line: Line) -> Decimal:
    """Unblended cost as delivered; FOCUS has none."""
    return money(line, "line_item_unblended_cost")


def net_or_gross(line: Line) -> Decimal:
    """Net unblended cost where the line has it, else unblended."""
    return money(line, "line_item_net_unblended_cost", "line_item_unblended_cost")


def billed_cost(line: Line) -> Decimal:
    """What is invoiced: FOCUS BilledCost."""
    if is_focus(line):
        return money(line, "billed_cost")
    if is_split(line) or charge_type(line) in {"SavingsPlanCoveredUsage", "SavingsPlanNegation"}:
        return ZERO
    return net_or_gross(line)


def effective_cost(line: Line) -> Decimal:
    """Net amortized cost (6.3), each net column falling back on its gross twin (6.2)."""
    if is_focus(line):
        return money(line, "effective_cost")
    return _spread_cost(line, net=True)


def amortized_cost(line: Line) -> Decimal:
    """Amortized cost before negotiated discounts (6.2); FOCUS has none and repeats effective."""
    if is_focus(line):
        return money(line, "effective_cost")
    return _spread_cost(line, net=False)


def _spread_cost(line: Line, *, net: bool) -> Decimal:
    """Amortized cost, net or gross."""
    kind = charge_type(line)
    otherwise = net_or_gross(line) if net else unblended_cost(line)
    if is_split(line) or _is_spread_over_other_lines(line):
        return ZERO
    if kind in DISCOUNT_TYPES:
        return ZERO if net and has_net(line) else otherwise
    if kind.startswith("SavingsPlan"):
        return _savings_plan_cost(line, otherwise, net=net)
    if kind == "DiscountedUsage":
        columns = _twins("reservation", "effective_cost", net=net)
        return money(line, *columns, otherwise=otherwise)
    if kind == "RIFee":
        return _unused_reservation(line, otherwise, net=net)
    return otherwise


def _twins(group: str, name: str, *, net: bool) -> list[str]:
    """A column, with its net twin before it where net is asked for."""
    return [f"{group}_net_{name}", f"{group}_{name}"] if net else [f"{group}_{name}"]


def _is_spread_over_other_lines(line: Line) -> bool:
    """A reservation's upfront fee, or the refund of a Savings Plan's."""
    if charge_type(line) == "Fee":
        return any(line.get(f"reservation_reservation_{arn}") for arn in ("a_r_n", "arn"))
    return (
        charge_type(line) == "Refund"
        and line.get("line_item_product_code", "").endswith("SavingsPlans")
        and line.get("line_item_line_item_description", "").startswith(SAVINGS_PLAN_REFUND)
    )


def _savings_plan_cost(line: Line, otherwise: Decimal, *, net: bool) -> Decimal:
    """What a Savings Plan line costs; as billed in a file that cannot say what its usage cost."""
    kind = charge_type(line)
    if not has_savings_plan_costs(line):
        return otherwise
    if kind == "SavingsPlanCoveredUsage":
        return money(line, *_twins("savings_plan", "savings_plan_effective_cost", net=net))
    if kind == "SavingsPlanRecurringFee":
        return _unused_commitment(line, net=net and has_net(line))
    return ZERO if kind in {"SavingsPlanNegation", "SavingsPlanUpfrontFee"} else otherwise


def _unused_reservation(line: Line, otherwise: Decimal, *, net: bool) -> Decimal:
    """The unused part of a reservation; as billed where the line has neither fee (6.2)."""
    fees = ("unused_amortized_upfront_fee_for_billing_period", "unused_recurring_fee")
    columns = [_twins("reservation", fee, net=net) for fee in fees]
    if not any(line.get(name) for twins in columns for name in twins):
        return otherwise
    return sum((money(line, *twins) for twins in columns), ZERO)


def _unused_commitment(line: Line, *, net: bool) -> Decimal:
    """What of a commitment was not used; net of discounts in the line's own proportion."""
    used = money(line, "savings_plan_used_commitment")
    total = money(line, "savings_plan_total_commitment_to_date")
    if not net:
        return total - used
    parts = [
        "savings_plan_amortized_upfront_commitment_for_billing_period",
        "savings_plan_recurring_commitment_for_billing_period",
    ]
    upfront, recurring = (money(line, part) for part in parts)
    # The total is the sum of the two: it stands for them where the line has neither.
    commitment = upfront + recurring if any(map(line.get, parts)) else total
    net_upfront = "savings_plan_net_amortized_upfront_commitment_for_billing_period"
    ratios = [(net_or_gross(line), unblended_cost(line))]
    if line.get(net_upfront):
        ratios.append((money(line, net_upfront), upfront))
    above, below = next(((n, g) for n, g in ratios if g), (Decimal(1), Decimal(1)))
    with localcontext(prec=60):
        return to_money((commitment - used) * above / below)


def list_cost(line: Line) -> Decimal:
    """The public on-demand cost, of usage alone."""
    if is_focus(line):
        unused = line.get("commitment_discount_status") == "Unused"
        is_usage = line.get("charge_category") == "Usage" and not unused
        return money(line, "list_cost") if is_usage else ZERO
    is_usage = charge_type(line) in USAGE_TYPES and not is_split(line)
    return money(line, "pricing_public_on_demand_cost") if is_usage else ZERO
