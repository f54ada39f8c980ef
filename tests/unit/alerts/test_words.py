"""What people read: exact amounts, plain words, and strangers' names that do nothing."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from spaceledger.alerts import text
from spaceledger.alerts.channels import Channel, open_receiver
from spaceledger.alerts.plain import NAME_LENGTH, chance, money, percent, plain
from spaceledger.alerts.words import digest, message
from tests.unit.alerts.conftest import ALERTS, BUILD, PAGES, THRESHOLD, row

APP = "arn:aws:sagemaker:us-east-1:012345678901:app/d-abc/fraud/JupyterLab/default"
MOVERS: list[dict[str, Any]] = [
    {"mover_rank": 2, "spend_category": "training", "resource_id": None, "cost": Decimal("12.5"),
     "previous_cost": Decimal(20)},
    {"mover_rank": 1, "spend_category": "Studio apps", "resource_id": APP, "cost": Decimal("4100.5"),
     "previous_cost": Decimal(1200)},
    {"mover_rank": 3, "spend_category": "hosting", "resource_id": "endpoint/red", "cost": Decimal(3),
     "previous_cost": None},
]  # fmt: skip
DATE = date(2026, 10, 12)
HOSTILE = [
    "<!channel>", "<!here|x>", "@everyone", "@here", "<@U012345>", "<script>alert(1)</script>", "<img src=x>",
    "[pay](https://evil.example/x)", "![x](http://evil.example)", "<https://evil.example|bill>",
    "https://evil.example", "//evil.example/x", "www.evil.example", "evil.example/login", "a@evil.example",
    "http://exämple.com", "`code`", "**bold**", "_it_", "__under__", "~~gone~~", "||spoiler||", "# head", "> quote",
    "&lt;b&gt;", "&commat;everyone", "&#64;everyone", "a\\", "\x00\x1b[31mred", "a\r\nBcc: x", "a\u2028b",
    "\u202egpj.exe", "a\u200bb", "\ud800", "| a | b |", "\t- item", "slack://x", "javascript://x",
]  # fmt: skip
ACTIVE = re.compile(r"[<>@#*`~|\[\]\\]|(?<!s3:)//|&\w+;|\b[\w-]+\.(?:[a-z]{2,})\b|(?<!\w)_|_(?!\w)")


def test_a_threshold_says_what_how_much_why_and_where() -> None:
    title, body = text(THRESHOLD, MOVERS, PAGES, BUILD)
    assert title == 'Budget "fraud monthly" has used 82% of 9,000.00 USD'
    assert body.split("\n\n") == [
        "Spent 7,382.20 USD of 9,000.00 USD (82%), 2026-10-01 to 2026-10-31. You asked to be told at 80%.",
        "At this pace the period ends at 10,200.00 USD, between 9,500.00 USD and 11,000.00 USD."
        " The budget will very likely be exceeded (83%), about 2026-10-27.",
        "It counts: arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/fraud",
        "What rose most against the same days of the period before:",
        f"- Studio apps: 4,100.50 USD, 2,900.50 USD more than before; most of it {APP}\n"
        "- training: 12.50 USD, 7.50 USD less than before\n"
        "- hosting: 3.00 USD, nothing before; most of it endpoint/red",
        f"Where to look: {PAGES}",
        f"Numbers: data through 2026-10-23, build {BUILD}.",
    ]


@pytest.mark.parametrize(
    ("given", "title", "said"),
    [
        (
            {**THRESHOLD, "kind": "breach_forecast"},
            'Budget "fraud monthly" will very likely be exceeded (83%)',
            "At this pace the period ends at 10,200.00 USD",
        ),
        (
            {**THRESHOLD, "kind": "breached", "spent": Decimal("9038.2")},
            'Budget "fraud monthly" is exceeded by 38.20 USD',
            "Spent 9,038.20 USD of 9,000.00 USD (100.4%)",
        ),
        (
            {**THRESHOLD, "kind": "breached", "spent": Decimal(9000)},
            'Budget "fraud monthly" is used up',
            "Spent 9,000.00 USD of 9,000.00 USD (100%)",
        ),
        (
            row("x", kind="anomaly", space_name="fraud", usage_date=DATE, billing_currency="EUR",
                actual=Decimal("120.456"), expected_high=Decimal(45)),
            'Space "fraud" cost 120.46 EUR on 2026-10-12, more than expected',
            "The cost on 2026-10-12 was 120.46 EUR. No more than 45.00 EUR was to be expected.",
        ),
        (
            row("acme", data_through=DATE),
            'Source "acme" has delivered nothing newer than 2026-10-12',
            "What happened since then is in no number",
        ),
        (
            row("acme", kind="held_back", location="s3://acme-billing/cur/report-00001.csv.gz", detail="broken"),
            'Source "acme" sent something that is held back',
            "broken\n\nFound in: s3://acme-billing/cur/report-00001.csv.gz\n\nWhat was published of it before",
        ),
        (row("x", kind="new_kind", detail="see"), 'New kind: "x"', "see"),
    ],
)  # fmt: skip
def test_each_kind_says_what_it_is(given: dict[str, Any], title: str, said: str) -> None:
    found = text(given, [], PAGES, BUILD)
    assert found[0] == title
    assert said in found[1]
    assert f"Where to look: {PAGES}" in found[1]


@pytest.mark.parametrize(
    "kind", ["threshold", "breach_forecast", "breached", "anomaly", "stale", "held_back"]
)
def test_what_is_not_known_is_not_said(kind: str) -> None:
    bare = dict.fromkeys(ALERTS.names) | row("x", kind=kind)
    title, body = text(bare, [], PAGES, BUILD)
    assert "None" not in title + body
    assert text({**bare, "amount": Decimal(0), "spent": Decimal(5)}, [], PAGES, BUILD)


def test_a_worse_alert_says_since_when() -> None:
    title, body = text({**THRESHOLD, "subject": "x" * 500}, [], PAGES, BUILD, date(2026, 10, 3))
    assert title.endswith(" (worse than told on 2026-10-03)")
    assert len(title) <= 140
    assert body.startswith("This is worse than told on 2026-10-03.\n\n")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("1234567.005", "1,234,567.00 USD"),  # half to even, as everywhere
        ("0.001", "less than 0.01 USD"),
        ("-0.001", "more than -0.01 USD"),
        ("0", "0.00 USD"),
        ("-0", "0.00 USD"),
        ("-1234.5", "-1,234.50 USD"),
        ("99999999999999999999999999.999999999999", "100,000,000,000,000,000,000,000,000.00 USD"),
    ],
)
def test_money_is_exact(amount: str, said: str) -> None:
    assert money(Decimal(amount), "USD") == said


def test_shares_and_chances() -> None:
    assert percent(Decimal("0.79999")) == "79.9%"
    assert percent(Decimal("0.855")) == "85.5%"
    assert percent(Decimal(12)) == "1,200%"
    assert [chance(p) for p in (0.0, 0.2, 0.5, 0.8, 0.95, 1.0)] == [
        ("hardly", "under 1%"), ("possibly", "20%"), ("likely", "50%"), ("very likely", "80%"),
        ("almost certainly", "95%"), ("almost certainly", "over 99%"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_does_nothing(name: str) -> None:
    assert not ACTIVE.search(plain(name)), plain(name)
    assert not any(unicodedata.category(c)[0] == "C" for c in plain(name))


@given(st.text(max_size=200) | st.lists(st.sampled_from(HOSTILE)).map("".join))
def test_no_name_does_anything(name: str) -> None:
    found = plain(name)
    assert not re.search(r"[<>@#*`~|\[\]\\\n\r]|(?<!s3:)//", found)
    assert len(found) <= NAME_LENGTH
    found.encode()


@pytest.mark.parametrize(
    "name",
    [
        "fraud-models",
        "Team A & B",
        "R&D",
        "a_b",
        APP,
        "s3://acme/x/report_1-Manifest.json",
        "été",
        "10.5",
    ],
)
def test_an_honest_name_stays_as_it_is(name: str) -> None:
    assert plain(name, 200) == name


def test_every_text_of_strangers_is_made_inert() -> None:
    for kind in (
        "threshold",
        "breach_forecast",
        "breached",
        "anomaly",
        "stale",
        "held_back",
        "?<b>",
    ):
        for bad in HOSTILE:
            alert = {**THRESHOLD, "kind": kind} | dict.fromkeys(
                ("subject", "scope_arn", "space_name", "billing_currency", "location", "detail"),
                bad,
            )
            mover = {
                "mover_rank": 1,
                "spend_category": bad,
                "resource_id": bad,
                "cost": Decimal(1),
                "previous_cost": None,
            }
            title, body = text(alert, [mover], "", BUILD)
            assert not re.search(r"[<>@#*`~|\[\]\\\r]|(?<!s3:)//|evil\.ex", title + body), (
                kind,
                bad,
            )
            assert "\n" not in title
            known = r"(?:- |This|Spent|At |The |It |What|Where|Numbers|Found|See )"
            assert all(re.match(known, line) for line in body.split("\n") if line) or kind in {
                "anomaly", "stale", "held_back", "?<b>",
            }  # fmt: skip


def test_a_digest_fits_a_message_and_counts_what_it_leaves_out() -> None:
    many = [message(row(f"source {n} {'x' * 50}"), [], PAGES, BUILD) for n in range(200)]
    title, body = digest(many, PAGES, BUILD)
    assert title == "200 more alerts"
    assert len(body) < 2900
    lines = body.split("\n\n")[0].split("\n")
    left = re.fullmatch(r"- and (\d+) more, which the pages show", lines[-1])
    assert left
    assert len(lines) - 1 + int(left[1]) == 200
    assert digest(many[:1], PAGES, BUILD)[0] == "One more alert"


def test_a_message_with_everything_long_fits_slack() -> None:
    long = "x" * 5000
    alert = {**THRESHOLD} | dict.fromkeys(("subject", "scope_arn", "location", "detail"), long)
    mover = {
        "spend_category": long,
        "resource_id": long,
        "cost": Decimal(1),
        "previous_cost": Decimal(2),
    }
    for kind in ("threshold", "breach_forecast", "breached", "anomaly", "stale", "held_back"):
        movers = [{**mover, "mover_rank": rank} for rank in range(9)]
        assert len(text({**alert, "kind": kind}, movers, PAGES, BUILD)[1]) < 2900


@pytest.mark.parametrize(
    "address",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?blocks=yes",
        "workflows://host.example:443/643904ea3a0f4c2b8d3d0e5ed5ef4d9a/signature",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:abcdefg_hijklmnop/12315544/",
    ],
)
def test_services_are_handed_nothing_that_acts(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []

    class Answer:
        status_code = 200
        content = b"ok"
        text = "ok"
        headers: dict[str, str] = {}  # noqa: RUF012

    def post(*_: object, **options: Any) -> type[Answer]:
        handed.append(json.dumps(json.loads(options["data"]), ensure_ascii=False))
        return Answer

    monkeypatch.setattr(requests, "post", post)
    monkeypatch.setattr(requests, "request", post)
    receiver = open_receiver(Channel("X", address))
    assert receiver is not None
    bad = " ".join(HOSTILE[:6])
    title, body = text(
        {**THRESHOLD, "subject": bad, "scope_arn": " ".join(HOSTILE)}, MOVERS, PAGES, BUILD
    )
    assert receiver.send(title, body, is_failure=False) is None
    assert len(handed) == 1
    for mark in (
        "<!",
        "<@",
        "@everyone",
        "@here",
        "<script",
        "<img",
        "evil.example",
        "](http",
        "<http",
    ):
        assert mark not in handed[0], mark
    assert "fraud" in handed[0]
