"""The browser's arithmetic of amounts is Python's, to the last decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from random import Random

import pytest

from tests.browser.conftest import Opened, Site

pytestmark = pytest.mark.browser

UNIT = Decimal("1E-12")
CENT = Decimal("0.01")
EDGES = (
    "0", "0.005", "-0.005", "0.015", "0.025", "-0.025", "0.004999999999", "0.005000000001", "0.000000000001",
    "-0.000000000001", "1", "-1", "999.995", "999.994999999999", "-999.995", "1000", "999999.999999999999",
    "12345678901234567890123456.123456789012", "-12345678901234567890123456.785", "0.1", "100", "10.010000000000",
)  # fmt: skip
# Everything in one call: what each function makes of each text.
ALL = """({ amounts, ratios, pairs }) => {
  const { parse, money, plain, exact, number, ratio, change, share, changed, count, month } = spaceledger.values;
  return {
    amounts: amounts.map((text) => {
      const amount = parse(text);
      return [String(amount), money(amount), plain(amount), exact(amount), number(amount)];
    }),
    sum: plain(amounts.map(parse).reduce((sum, amount) => sum + amount, 0n)),
    ratios: ratios.map((value) => [ratio(value), change(value), count(value)]),
    pairs: pairs.map(([one, other]) => [share(parse(one), parse(other)), changed(parse(one), parse(other))]),
    nothing: [
      parse(""), parse(null), parse(undefined), money(null), plain(null), exact(null), number(null), ratio(null),
      change(null), count(null), share(null, 1n), share(1n, null), share(1n, 0n), changed(1n, -1n), changed(null, 1n),
    ],
    months: ["2026-01", "2026-09", "2026-12"].map(month),
  };
}"""


def random_amounts(random: Random, many: int) -> list[str]:
    found = []
    for _ in range(many):
        digits, decimals = random.randrange(27), random.randrange(13)
        whole = random.randrange(10**digits) if digits else 0
        text = f"{whole}.{random.randrange(10**decimals):0{decimals}d}" if decimals else str(whole)
        found.append(random.choice(("", "-")) + text)
        # Ties: half a cent, which is rounded to the even one.
        found.append(
            f"{random.choice(('', '-'))}{random.randrange(10**6)}.{random.randrange(100):02d}5"
        )
    return found


def money(amount: Decimal) -> str:
    cents = amount.quantize(CENT, ROUND_HALF_EVEN)
    if not cents:
        return "0.00" if not amount else "<0.01" if amount > 0 else ">-0.01"
    return f"{cents:,.2f}"


def plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def exact(amount: Decimal) -> str:
    whole, _, decimals = plain(amount).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}" + (f".{decimals}" if decimals else "")


def decimals(value: float, places: int) -> str:
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{rounded + 0:,}" if rounded else f"{abs(rounded):,}"


def ratio(value: float) -> str:
    return decimals(value * 100, 1) + "%"


def change(value: float) -> str:
    if value >= 9:
        return "×" + decimals(value + 1, 0)
    return ("" if value < 0 else "+") + ratio(value)


def test_amounts_are_python_s(site: Site, shared: Opened) -> None:
    random = Random(20260901)
    amounts = [*EDGES, *random_amounts(random, 250)]
    ratios = [random.uniform(-2, 12) for _ in range(200)]
    ratios += [random.uniform(-1, 1) / 10**place for place in range(8)]
    ratios += [0.0, 9.0, 8.9999, -1.0, 0.0005, -0.0005, -0.00049, 0.125, 1e6, 0.99999]
    pairs = [random.sample(amounts, 2) for _ in range(200)]
    page = shared.show(site.pages["spaces"])
    found = page.evaluate(ALL, {"amounts": amounts, "ratios": ratios, "pairs": pairs})

    with localcontext(prec=60):
        for text, got in zip(amounts, found["amounts"], strict=True):
            amount = Decimal(text)
            wanted = [
                str(int(amount / UNIT)),
                money(amount),
                plain(amount),
                exact(amount),
                float(amount),
            ]
            # A whole number comes from the browser as an integer.
            assert [*got[:4], float(got[4])] == wanted, text
        assert Decimal(found["sum"]) == sum(map(Decimal, amounts))
        for value, got in zip(ratios, found["ratios"], strict=True):
            assert got == [ratio(value), change(value), decimals(value, 0)], value
        for (one, other), got in zip(pairs, found["pairs"], strict=True):
            part, whole = Decimal(one), Decimal(other)
            if whole <= 0:
                assert got == [None, None]
            else:
                assert [*map(float, got)] == [
                    float(part) / float(whole),
                    float(part - whole) / float(whole),
                ]
    assert found["nothing"] == [None] * 3 + ["–", "", "–", None, "–", "–", "–"] + [None] * 5
    assert found["months"] == ["January 2026", "September 2026", "December 2026"]


MARKS = "a\u202eb\u2066c\u200fd\u061ce\x00f\tg\nh\u2028i👩‍🔬 שלום"


def test_text_is_made_visible_as_in_python(site: Site, shared: Opened) -> None:
    from spaceledger.reports.values import visible

    page = shared.show(site.pages["spaces"])
    texts = [
        MARKS,
        *(f"x{chr(code)}y" for code in (*range(256), *range(0x2000, 0x2070), 0x61C, 0xFEFF)),
    ]
    shown = page.evaluate("texts => texts.map(spaceledger.values.visible)", texts)
    assert shown == [visible(text) for text in texts]


@pytest.mark.parametrize("text", ["<b>x</b>", "%{y}", "&lt;", "<a href='javascript:1'>", "\u202e<"])
def test_labels_of_charts_hold_no_markup(site: Site, shared: Opened, text: str) -> None:
    page = shared.turn(site.pages["spaces"], "")
    label = page.evaluate("text => spaceledger.values.label(text)", text)
    assert not set("<>\u202e") & set(label)
    assert "%{" not in label
    back = page.evaluate(
        "text => { const box = document.createElement('textarea'); box.innerHTML = text; return box.value; }",
        label,
    )
    assert back == text.replace("\u202e", "[U+202E]")
