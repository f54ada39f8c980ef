"""A small bill, trail and owners file whose strangers named things as badly as each field lets them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.bills import write_cur
from tests.trails import log_key, packed, write_log

AS_OF = date(2026, 11, 24)
THROUGH = date(2026, 11, 22)
COMPLETE = date(2026, 11, 20)  # the two newest days still fill up
PERIODS = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
ONE, TWO = "012345678901", "210987654321"
HEADS = {ONE: f"arn:aws:sagemaker:us-east-1:{ONE}", TWO: f"arn:aws:sagemaker:eu-central-1:{TWO}"}
D_ABC, D_XYZ = f"{HEADS[ONE]}:domain/d-abc", f"{HEADS[TWO]}:domain/d-xyz"

SCRIPT = "<script>window.hacked = 1</script>"
IMAGE = "</script><img src=x onerror=window.hacked=2>"
LINK = "javascript:alert(1)"
FORMULA = "=cmd|' /C calc'!A0"
TURNED = "safe\u202etxt.exe\u200f"
EMOJI = "👩‍🔬 équipe & <b>Söhne</b> %{y} &amp;"
LONG = "l" + "-o" * 30 + "-g"
PERSON = "<img src=x onerror=window.hacked=4>"
HOSTILE = (SCRIPT, IMAGE, LINK, FORMULA, TURNED, EMOJI, LONG, PERSON)


def seen(text: str) -> str:
    """As it is shown: marks that turn text around are named."""
    return text.replace("\u202e", "[U+202E]").replace("\u200f", "[U+200F]")


def space(name: str) -> str:
    domain, _ = name.split("/")
    return f"{HEADS[ONE if domain == 'd-abc' else TWO]}:space/{name}"


FRAUD, CHURN, LONG_ONE, KIM, RISK, TWIN, LEE, QUIET = map(
    space,
    ("d-abc/fraud", "d-abc/churn", f"d-abc/{LONG}", "d-abc/kim", "d-xyz/risk", "d-xyz/churn", "d-xyz/lee",
     "d-xyz/quiet"),
)  # fmt: skip
IDLE = space("d-abc/idle")  # known by the configuration alone
SPACES = (FRAUD, CHURN, LONG_ONE, KIM, RISK, TWIN, LEE, QUIET)
PRIVATE = (KIM, LEE)
TITLES = {FRAUD: SCRIPT, CHURN: "churn", LONG_ONE: LONG, KIM: LINK, RISK: TURNED, TWIN: "churn",
          LEE: FORMULA, QUIET: EMOJI}  # fmt: skip
TEAMS = {FRAUD: IMAGE, CHURN: "payments", KIM: "payments", RISK: FORMULA, LEE: IMAGE, QUIET: EMOJI}

NET, LISTED = "lineItem/NetUnblendedCost", "pricing/publicOnDemandCost"
PLAN, NET_PLAN = "savingsPlan/SavingsPlanEffectiveCost", "savingsPlan/NetSavingsPlanEffectiveCost"
TOTAL, USED = "savingsPlan/TotalCommitmentToDate", "savingsPlan/UsedCommitment"
MORE = dict.fromkeys((NET, PLAN, NET_PLAN, TOTAL, USED, "lineItem/UsageEndDate"), "")
KINDS = {
    "JupyterLab": "USE1-Studio:JupyterLab-ml.t3.medium",
    "storage": "USE1-Studio:VolumeUsage.gp3",
    "training": "USE1-Train:ml.g5.xlarge",
    "hosting": "USE1-Host:ml.m5.large",
}


def app(arn: str) -> str:
    return arn.replace(":space/", ":app/") + "/JupyterLab/default"


def days(period: str) -> Iterator[date]:
    day = date.fromisoformat(f"{period}-01")
    while day.isoformat()[:7] == period and day <= THROUGH:
        yield day
        day += timedelta(days=1)


def usage(random: Random, arn: str, day: date, kind: str, most: int) -> dict[str, str]:
    """A line whose measures all differ, most of ten or twelve decimals."""
    gross = Decimal(random.randrange(most * 10**10)) / 10**10
    account = ONE if ONE in arn else TWO
    resource = {"JupyterLab": app(arn), "storage": arn}.get(
        kind,
        f"{HEADS[account]}:{kind}/{arn.rsplit('/', maxsplit=1)[-1][:8]}-{PERSON if kind == 'training' else 'x'}",
    )
    line = MORE | {
        "day": day.isoformat(), "space": arn, "resource": resource, "usage_type": KINDS[kind],
        "lineItem/UsageAccountId": account, "lineItem/UsageAmount": str(random.randrange(1, 25)),
        "cost": f"{gross:f}", NET: f"{gross * Decimal('0.93'):f}", LISTED: f"{gross * Decimal('1.25'):f}",
    }  # fmt: skip
    if kind == "training" and day.day % 2:
        covered = {PLAN: f"{gross * Decimal('0.7'):f}", NET_PLAN: f"{gross * Decimal('0.65'):f}"}
        line |= covered | {"type": "SavingsPlanCoveredUsage"}
    return line


def lines_of(period: str, spaces: tuple[str, ...] = SPACES, seed: int = 7) -> list[dict[str, str]]:
    """A month's bill: every space on most days, and what belongs to no space."""
    random = Random(f"{seed} {period}")
    lines = []
    for day in days(period):
        for place, arn in enumerate(spaces):
            if (arn == QUIET and period > "2026-08") or random.random() < 0.15:
                continue
            lines.append(usage(random, arn, day, "JupyterLab", 2 + place))
            lines.append(usage(random, arn, day, "storage", 1))
            if place % 3 == 0 and day.day % 5 == 1:
                lines.append(usage(random, arn, day, "training", 30))
    first = f"{period}-01"
    home = {**MORE, "day": first, "lineItem/UsageAccountId": ONE}
    return [
        *lines,
        home | {"domain": D_ABC, "cost": "3.141592653589", "usage_type": KINDS["hosting"], "resource": "x"},
        home | {"profile": f"{HEADS[ONE]}:user-profile/d-abc/ana", "cost": "0.000000000001", "day": f"{period}-02"},
        home | {"cost": "2.718281828459", "usage_type": KINDS["hosting"], "resource": f"{HEADS[ONE]}:endpoint/{IMAGE}"},
        home | {"cost": "0", "usage_type": KINDS["hosting"], "day": f"{period}-03"},
        home | {"type": "Tax", "cost": "17.000000000003"},
        home | {"type": "Credit", "cost": "-4.5", "space": spaces[0], "day": f"{period}-04"},
        home | {"type": "Refund", "cost": "-1.25", "space": spaces[1], "day": next_day(period)},
        home | {"type": "SavingsPlanRecurringFee", "cost": "24", TOTAL: "24", USED: "20.5"},
        home | {"product": "AmazonEC2", "cost": "100.000000000007", "usage_type": "BoxUsage:m5.large"},
        home | {"product": "AmazonS3", "cost": "0.33", "space": spaces[0], "usage_type": "Requests-Tier1"},
    ]  # fmt: skip


def next_day(period: str) -> str:
    """After the month that bills it."""
    year, month = map(int, period.split("-"))
    return date(year + month // 12, month % 12 + 1, 3).isoformat()


def write_bills(root: Path) -> None:
    for period in PERIODS:
        write_cur(root / "bill", period, lines_of(period))
    for period in PERIODS[2:]:
        euros = lines_of(period, (RISK, TWIN), seed=8)
        write_cur(
            root / "euros",
            period,
            [line | {"currency": "EUR", "payer": "333333333333"} for line in euros],
        )


def write_owners(root: Path) -> None:
    with (root / "owners.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["space_arn", "domain_arn", "team", "owner", "cost_centre", "display_name"])
        out.writerow(["", D_XYZ, "", "", "", IMAGE])
        for arn in SPACES:
            own = TITLES[arn] if arn not in {CHURN, TWIN, LONG_ONE} else ""
            out.writerow([arn, "", TEAMS.get(arn, ""), PERSON if arn == FRAUD else "", LINK, own])
        out.writerow([IDLE, "", "payments", "", "", ""])


# --- the trail --------------------------------------------------------------------------------


def call(name: str, moment: str, arn: str = "", **more: object) -> dict[str, object]:
    """A call about a space, or about none."""
    domain, own = arn.rsplit("/", 2)[1:] if arn else ("", "")
    account = TWO if TWO in arn or more.pop("in_two", False) else ONE
    asked = {"domainId": domain, "spaceName": own} if arn else {}
    if name.endswith("App"):
        asked |= {"appType": "JupyterLab", "appName": "default"}
    asked |= more.pop("asked", {})
    person = more.pop("person", "kim")
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "accountId": account, "userName": person},
        "eventTime": moment,
        "eventSource": "sagemaker.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1" if account == ONE else "eu-central-1",
        "requestParameters": asked,
        "responseElements": None,
        "eventID": f"{name}-{moment}-{own}-{account}",
        "readOnly": name.startswith(("List", "Describe")),
        "recipientAccountId": account,
        **more,
    }


def calls() -> Iterator[dict[str, object]]:
    """Every day tells something of both accounts; in November nobody works in `churn`, whose app runs on."""
    day = date(2026, 9, 1)
    while day <= THROUGH:
        text = day.isoformat()
        yield call("ListSpaces", f"{text}T00:30:00Z", person="robot")
        yield call("ListSpaces", f"{text}T00:30:00Z", in_two=True, person="robot")
        for place, arn in enumerate((FRAUD, CHURN, LONG_ONE, KIM, RISK, LEE)):
            if (day.day + place) % 3 or (arn == CHURN and day.month == 11):
                continue
            person = (PERSON, "lee", "ana")[(day.day + place) % 5 % 3]
            yield call("CreateApp", f"{text}T08:{place:02d}:00Z", arn, person=person)
            if arn != CHURN or day.month < 10:
                yield call("DeleteApp", f"{text}T17:{place:02d}:00Z", arn, person=person)
        if day.day % 7 == 0:
            refused = {"person": "lee", "errorCode": "AccessDenied", "errorMessage": SCRIPT}
            yield call("UpdateSpace", f"{text}T09:30:00Z", FRAUD, **refused)
        day += timedelta(days=1)
    for arn in SPACES:
        shared = {"sharingType": "Private" if arn in PRIVATE else "Shared"}
        asked = {
            "spaceSharingSettings": shared,
            "ownershipSettings": {"ownerUserProfileName": "ana"},
        }
        if arn != TWIN:
            yield call("CreateSpace", "2026-09-01T07:00:00Z", arn, asked=asked)


def write_trail(root: Path) -> None:
    write_log(root / "trail", packed(*calls()), log_key("20261123T0605"))


# --- the configuration ------------------------------------------------------------------------


def spent(arn: str, first: str, last: str) -> Decimal:
    """What a budget of a space counts: its usage, net."""
    lines = [line for period in PERIODS for line in lines_of(period)]
    return sum(
        Decimal(line[NET_PLAN] or line[NET])
        for line in lines
        if line.get("space") == arn and line.get(NET) and first <= line["day"] <= last
    )


def configuration() -> str:
    past = spent(LONG_ONE, "2026-10-01", AS_OF.isoformat()) / Decimal("0.9")
    budgets = [
        {"name": f"Over {SCRIPT}", "space": FRAUD, "amount": "5.5"},
        {"name": "Near", "space": LONG_ONE, "amount": f"{past:.6f}", "period": "custom",
         "start": date(2026, 10, 1), "end": AS_OF},
        {"name": "Each", "space": "*", "amount": "400"},
        {"name": f"Domain {TURNED}", "domain": D_XYZ, "amount": "9000", "period": "quarterly"},
        {"name": "Nobody's", "space": space("d-abc/nobody-knows"), "amount": "10"},
        {"name": "Euros", "space": RISK, "amount": "60", "currency": "EUR"},
    ]  # fmt: skip
    text = (
        'home = "home"\nowners = "owners.csv"\n'
        '[[costs]]\nname = "acme"\nuri = "bill"\n[[costs]]\nname = "euros"\nuri = "euros"\n'
        '[[activity]]\nname = "trail"\nuri = "trail"\n'
    )
    for budget in budgets:
        text += "[[budgets]]\n" + "".join(
            f"{key} = {toml(key, value)}\n" for key, value in budget.items()
        )
    return text


def toml(key: str, value: object) -> str:
    is_bare = isinstance(value, date) or key == "amount"
    return str(value) if is_bare else json.dumps(value, ensure_ascii=False)


def write_inputs(root: Path) -> None:
    """Everything that a run of `configuration()` reads."""
    write_bills(root)
    write_owners(root)
    write_trail(root)
