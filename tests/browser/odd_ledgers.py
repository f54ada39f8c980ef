"""Ledgers that are odd in one way each: crowded, looked at from another day, billed by month, or half blind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from tests.bills import next_month, write_cur
from tests.trails import log_key, packed, record, write_log

ONE, TWO = "012345678901", "210987654321"
BARE = 'home = "home"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
AS_OF = date(2026, 10, 21)


def space(name: str, domain: str = "d-abc", account: str = ONE) -> str:
    return f"arn:aws:sagemaker:us-east-1:{account}:space/{domain}/{name}"


def app(arn: str) -> str:
    return arn.replace(":space/", ":app/") + "/JupyterLab/default"


def days(start: str, end: str) -> Iterator[str]:
    day, last = date.fromisoformat(start), date.fromisoformat(end)
    while day <= last:
        yield day.isoformat()
        day += timedelta(days=1)


def write_days(folder: Path, lines: Iterator[dict[str, str]]) -> None:
    """A delivery for each month that lines lie in."""
    months: dict[str, list[dict[str, str]]] = {}
    for line in lines:
        months.setdefault(line["day"][:7], []).append(line)
    for period, own in months.items():
        write_cur(folder, period, own)


def budget(name: str, arn: str, amount: str, **more: str) -> str:
    said = "".join(f'{key} = "{value}"\n' for key, value in more.items())
    return f'[[budgets]]\nname = "{name}"\nspace = "{arn}"\namount = {amount}\n{said}'


# --- more spaces than the first view tells one by one, no trail, odd budgets ---------------------

CROWD = [space(f"s{place:02d}") for place in range(70)]
NEWCOMER, LONELY = space("newcomer"), f"arn:aws:sagemaker:us-east-1:{ONE}:endpoint/lonely"
CROWD_FROM, CROWD_TO = "2026-08-01", "2026-10-20"


def crowd(root: Path) -> str:
    def lines() -> Iterator[dict[str, str]]:
        for day in days(CROWD_FROM, CROWD_TO):
            for place, arn in enumerate(CROWD):
                cost = f"{10 + place / 10 + int(day[8:]) % 3:.2f}"
                yield {"day": day, "cost": cost, "space": arn, "resource": app(arn)}
            if day >= "2026-10-16":
                yield {"day": day, "cost": "130.5", "space": NEWCOMER}
            yield {"day": day, "cost": "3", "resource": LONELY}

    write_days(root / "bill", lines())
    return (
        BARE
        + budget("of euros", CROWD[1], "100", currency="EUR")
        + budget("of nothing", CROWD[2], "0")
        + budget("of plenty", CROWD[3], "1000")
    )


# --- one bill, looked at from a day within it and from a day long after it -----------------------

STEADY, RISING = space("steady"), space("rising")


def four_months(root: Path) -> str:
    def lines() -> Iterator[dict[str, str]]:
        for day in days("2026-07-01", "2026-10-20"):
            yield {"day": day, "cost": "4.25", "space": STEADY}
            yield {"day": day, "cost": f"{int(day[5:7])}.125", "space": RISING}
            yield {"day": day, "cost": "0.5", "resource": LONELY}

    write_days(root / "bill", lines())
    return BARE + budget("roomy", STEADY, "131") + budget("tight", RISING, "250")


# --- a bill that says nothing of days ------------------------------------------------------------

MONTHS = ("2026-08", "2026-09", "2026-10")
ALPHA, BETA = space("alpha"), space("beta")


def by_month(root: Path) -> str:
    for place, period in enumerate(MONTHS):
        whole = {
            "lineItem/UsageStartDate": f"{period}-01T00:00:00Z",
            "lineItem/UsageEndDate": f"{next_month(period)}-01T00:00:00Z",
        }
        write_cur(
            root / "bill",
            period,
            [
                whole | {"cost": f"{300 + place}", "space": ALPHA},
                whole | {"cost": "30", "space": BETA},
            ],
        )
    return BARE + budget("of a month", ALPHA, "350")


# --- the same cost each day, where a short month comes before a long one --------------------------


def march(root: Path) -> str:
    lines = ({"day": day, "cost": "5", "space": ALPHA} for day in days("2026-01-01", "2026-04-02"))
    write_days(root / "bill", lines)
    return BARE


# --- two payers whose bills reach differently, two accounts, a space with two budgets -------------

FAR, NEAR, NEAR_TOO = space("far"), space("near", "d-two", TWO), space("near-too", "d-two", TWO)
D_FAR, D_NEAR = (
    f"arn:aws:sagemaker:us-east-1:{ONE}:domain/d-abc",
    f"arn:aws:sagemaker:us-east-1:{TWO}:domain/d-two",
)


def payers(root: Path) -> str:
    other = {"payer": TWO, "lineItem/UsageAccountId": TWO}
    write_days(
        root / "bill",
        (
            {"day": day, "cost": "10" if day < "2026-10-16" else "900", "space": FAR}
            for day in days("2026-07-01", "2026-10-20")
        ),
    )

    def lines() -> Iterator[dict[str, str]]:
        for day in days("2026-07-01", "2026-10-15"):
            yield other | {"day": day, "cost": "20", "space": NEAR}
            yield other | {"day": day, "cost": "7.5", "space": NEAR_TOO}
            yield other | {"day": day, "cost": "1.25", "domain": D_NEAR}

    write_days(root / "bill-two", lines())
    (root / "owners.csv").write_text(
        "space_arn,team,owner,cost_centre,display_name\n"
        f"{FAR},Far team,,,\n{NEAR},Near team,,,\n{NEAR_TOO},Near team,,,\n",
        encoding="utf-8",
    )
    return (
        'home = "home"\nowners = "owners.csv"\n[[costs]]\nname = "acme"\nuri = "bill"\n'
        '[[costs]]\nname = "two"\nuri = "bill-two"\n'
        + budget("monthly far", FAR, "100000")
        + budget("annual far", FAR, "500", period="annual")
    )


# --- a trail that begins late, a second that holds nothing, and a tag that lies --------------------

VICTIM, MINE, IDLE, UNTOLD = (
    space("victim"),
    space("mine"),
    space("idle"),
    space("untold", "d-two", TWO),
)
TOLD_FROM = "2026-08-20"


def late_trail(root: Path) -> str:
    def lines() -> Iterator[dict[str, str]]:
        stored = {"usage_type": "USE1-Studio:VolumeUsage.gp3", "pricing/unit": "GB-Mo"}
        for day in days("2026-06-01", "2026-10-20"):
            yield stored | {"day": day, "cost": "1", "space": VICTIM, "resource": MINE}
            yield stored | {"day": day, "cost": "2", "space": IDLE, "resource": IDLE}
            yield {"day": day, "cost": "3", "space": UNTOLD, "lineItem/UsageAccountId": TWO}

    def calls() -> Iterator[dict[str, object]]:
        for day in days(TOLD_FROM, "2026-10-20"):
            moment = f"{day}T00:30:00Z"
            yield record(
                f"list-{day}",
                eventTime=moment,
                eventName="ListSpaces",
                requestParameters={},
                readOnly=True,
            )

    write_days(root / "bill", lines())
    write_log(root / "trail", packed(*calls()), log_key("20261020T2305"))
    (root / "silent" / "AWSLogs").mkdir(parents=True)
    return BARE + "".join(
        f'[[activity]]\nname = "{name}"\nuri = "{name}"\n' for name in ("trail", "silent")
    )


# name -> what writes its inputs and returns its configuration, and the day it is about
ODD: dict[str, tuple[Callable[[Path], str], date]] = {
    "crowd": (crowd, AS_OF),
    "back": (four_months, date(2026, 8, 15)),
    "ahead": (four_months, date(2027, 2, 10)),
    "by month": (by_month, date(2026, 10, 15)),
    "march": (march, date(2026, 4, 2)),
    "payers": (payers, AS_OF),
    "late trail": (late_trail, AS_OF),
}
