"""The configuration: every error names the key and the line; paths are relative to the file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spaceledger.configuration import made_with
from spaceledger.errors import ConfigError
from spaceledger.settings import Alerts, Settings, load_settings

SPACE = "arn:aws:sagemaker:us-east-1:012345678901:space/d-abc/fraud"
COSTS = '[[costs]]\nname = "acme"\nuri = "bill"\n'
BUDGET = '[[budgets]]\nname = "b"\nspace = "*"\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "spaceledger.toml"


def load(config: Path, text: str) -> Settings:
    config.write_text(text, encoding="utf-8")
    return load_settings(config)


WRONG = {
    "an unknown key": ('home = "."\nhomee = "x"', 2, "homee is not a key"),
    "an unknown table": ('home = "."\n\n[[cost]]\nname = "a"', 3, "cost is not a key"),
    "an unknown key of the second source": (
        COSTS + COSTS.replace("acme", "b") + 'rolle = "x"', 7, "costs.2.rolle is not a key",
    ),
    "an unknown role": (COSTS + 'role = "other"', 4, "costs.1.role"),
    "an unknown keep": (COSTS + 'keep = "some"', 4, "costs.1.keep"),
    "a missing uri": (COSTS + '\n[[costs]]\nname = "b"', 5, "costs.2.uri is missing"),
    "a missing name": ('[[costs]]\nuri = "b"', 1, "costs.1.name is missing"),
    "a name that is no name": ('[[costs]]\nname = "a b"\nuri = "b"', 2, "costs.1.name takes letters"),
    "a name with a slash": ('[[costs]]\nname = "../a"\nuri = "b"', 2, "costs.1.name takes letters"),
    "an empty name": ('[[costs]]\nname = ""\nuri = "b"', 2, "costs.1.name takes letters"),
    "two sources of one name": (COSTS + COSTS, 1, "costs has two sources named acme"),
    "two activities of one name": (
        '\n[[activity]]\nname = "a"\nuri = "x"\n[[activity]]\nname = "a"\nuri = "y"', 2,
        "activity has two sources named a",
    ),
    "one table where a list belongs": ('home = "."\n[costs]\nname = "a"', 2, "costs "),
    "text where a list belongs": ('home = "."\ncosts = "x"', 2, "costs "),
    "a number where a path belongs": ("home = 5", 1, "home "),
    "a measure that is none": ('\n\ncost_metric = "cost"', 3, "cost_metric "),
    "spaces that are none": ('show_spaces = "private"', 1, "show_spaces "),
    "a way to publish that is none": ('publish = "ftp"', 1, "publish "),
    "trails without uri and api": ('[[activity]]\nname = "a"', 1, "activity.1 needs either uri"),
    "trails with uri and api": (
        '\n[[activity]]\nname = "a"\nuri = "x"\napi = "lookup-events"', 2, "activity.1 needs either uri",
    ),
    "an api that is none": ('[[activity]]\nname = "a"\napi = "events"', 3, "activity.1.api"),
    "a start that is no date": ('[[activity]]\nname = "a"\nuri = "x"\nstart = "May"', 4, "activity.1.start"),
    "regions that are missing": ('[[spaces_api]]\nprofile = "x"', 1, "spaces_api.1.regions is missing"),
    "a budget of nothing": ('[[budgets]]\nname = "b"\namount = 1', 1, "budgets.1 needs either space or domain"),
    "a budget of both": (
        BUDGET + 'amount = 1\ndomain = "arn:aws:sagemaker:us-east-1:012345678901:domain/d-abc"', 1,
        "budgets.1 needs either space or domain",
    ),
    "a budget without an amount": (BUDGET, 1, "budgets.1.amount is missing"),
    "a negative amount": (BUDGET + "amount = -0.01", 4, "budgets.1.amount"),
    "an amount that is not a number": (BUDGET + "amount = nan", 4, "budgets.1.amount"),
    "an amount without end": (BUDGET + "amount = inf", 4, "budgets.1.amount"),
    "an amount in words": (BUDGET + 'amount = "a lot"', 4, "budgets.1.amount"),
    "an amount that is a yes": (BUDGET + "amount = true", 4, "budgets.1.amount"),
    "a currency in lower case": (BUDGET + 'amount = 1\ncurrency = "usd"', 5, "budgets.1.currency"),
    "a warning that is no number": (BUDGET + 'amount = 1\nwarn_at = [0.8, "x"]', 5, "budgets.1.warn_at.2"),
    "a period that is none": (BUDGET + 'amount = 1\nperiod = "weekly"', 5, "budgets.1.period"),
    "a custom period without dates": (BUDGET + 'amount = 1\nperiod = "custom"', 1, "needs start and end"),
    "an end before its start": (
        BUDGET + "amount = 1\nstart = 2026-09-02\nend = 2026-09-01", 1, "has an end before its start",
    ),
    "dates that hold no month": (
        BUDGET + "amount = 1\nstart = 2026-09-02\nend = 2026-09-30", 1, "holds for no monthly period",
    ),
    "dates that hold no quarter": (
        BUDGET + 'amount = 1\nperiod = "quarterly"\nstart = 2026-07-02\nend = 2026-09-30', 1,
        "holds for no quarterly period",
    ),
    "dates that hold no year": (
        BUDGET + 'amount = 1\nperiod = "annual"\nstart = 2026-01-02\nend = 2026-12-31', 1,
        "holds for no annual period",
    ),
    "a custom period of six years": (
        BUDGET + 'amount = 1\nperiod = "custom"\nstart = 2020-01-01\nend = 2026-01-01', 1, "longer than five years",
    ),
    "a start long ago": (BUDGET + "amount = 1\nstart = 1026-09-01", 5, "budgets.1.start"),
    "a plan that is none": (BUDGET + 'amount = 1\nplan = "mornings"', 5, "budgets.1.plan"),
    "a space that is a domain": (
        '[[budgets]]\nname = "b"\nspace = "arn:aws:sagemaker:us-east-1:012345678901:domain/d-abc"\namount = 1',
        3, "budgets.1.space is not a space ARN",
    ),
    "a domain that is a space": (
        f'[[budgets]]\nname = "b"\ndomain = "{SPACE}"\namount = 1', 3, "budgets.1.domain is not a domain ARN",
    ),
    "a word for yes or no": ('[[costs]]\nname = "a"\nuri = "s3://b"\nbilling_api = "no"', 4, "costs.1.billing_api"),
    "an account that is a number": ("[[aws_budgets]]\naccount_id = 210987654321", 2, "aws_budgets.1.account_id"),
    "an account that lost its zero": ('[[aws_budgets]]\naccount_id = "12345678901"', 2, "aws_budgets.1.account_id"),
    "a wrong value under a comment and indented": (
        '# [[costs]]\n  [[costs]] # the first\n  name = "a"\n  uri = "b"\n  # role = "x"\n  role = "x"', 6, "costs.1.role",
    ),
    "a second budget": (BUDGET + "amount = 1\n" + BUDGET + "amount = -1", 8, "budgets.2.amount"),
    "a channel that is an address": (
        'home = "."\n[alerts]\nstale_after_days = 2\nchannels = ["A", "json://hooks.example/T0/secret"]', 4,
        "alerts.channels.2 is an address; secrets never stand in this file",
    ),
    "a channel on a line of its own": (
        '[alerts]\n\nchannels = [\n  "slack://T0/secret",\n]', 3, "name that variable here",
    ),
    "a channel in an inline table": (
        'home = "."\nalerts = {channels = ["x://secret"]}', 2, "alerts.channels.1 is an address",
    ),
    "a channel under a dotted key": (
        'home = "."\nalerts.channels = ["x://secret"]', 2, "alerts.channels.1 is an address",
    ),
    "a channel that is no variable": (
        '[alerts]\nchannels = ["T0 secret"]', 2, "alerts.channels.1 is not the name of an environment variable",
    ),
    "a channel named as the run": ('[alerts]\nchannels = ["run"]', 2, "alerts.channels.1 is not the name"),
    "channels that are one": ('[alerts]\nchannels = "A"', 2, "alerts.channels "),
    "a channel twice": ('[alerts]\nchannels = ["A", "B", "A"]', 2, "alerts.channels names A twice"),
    "pages that are a path": ('[alerts]\npages = "share/index.html"', 2, "alerts.pages is not an address"),
    "pages that run": ('[alerts]\npages = "javascript://x"', 2, "alerts.pages is not an address"),
    "pages of two lines": ('[alerts]\npages = "https://x/\\ny"', 2, "alerts.pages is not an address"),
    "pages with a password": ('[alerts]\npages = "https://me:secret@x/"', 2, "alerts.pages holds a user or a password"),
    "stale at once": ("[alerts]\nstale_after_days = 0", 2, "alerts.stale_after_days"),
    "stale after half a day": ("[alerts]\nstale_after_days = 1.5", 2, "alerts.stale_after_days"),
    "stale after a yes": ("[alerts]\nstale_after_days = true", 2, "alerts.stale_after_days"),
    "an unknown key of alerts": ('[alerts]\nchannel = "A"', 2, "alerts.channel is not a key"),
    "alerts that are a list": ('home = "."\n[[alerts]]\nchannels = []', 2, "alerts "),
    "TOML that is none": ('home = "."\nhome == "x"', 2, "is not valid TOML"),
    "a key twice": ('home = "."\nhome = "x"\n', 2, "is not valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_an_error_names_the_key_and_the_line(config: Path, case: str) -> None:
    text, line, message = WRONG[case]
    with pytest.raises(ConfigError) as caught:
        load(config, text)
    error = str(caught.value)
    assert message in error
    assert f"line {line}:" in error or f"line {line}," in error
    assert str(config) in error
    assert "\n" not in error
    assert "secret" not in error.replace("secrets", "")


@pytest.mark.parametrize(
    ("costs", "message"),
    [
        ('[{name = "a", uri = "b", rolle = "x"}]', r"line 2: costs\.1\.rolle"),
        ('["x"]', r"line 2: costs\.1 "),
    ],
)
def test_an_error_in_an_inline_list_names_its_line(config: Path, costs: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load(config, f'home = "."\ncosts = {costs}')


@pytest.mark.parametrize("key", ["home", "owners"])
def test_a_path_that_cannot_be_one_is_a_configuration_error(config: Path, key: str) -> None:
    with pytest.raises(ConfigError):
        load(config, f'{key} = "a\\u0000b"')


def test_several_errors_are_counted(config: Path) -> None:
    with pytest.raises(ConfigError, match=r"hom is not a key spaceledger knows \(and 1 more\)"):
        load(config, 'hom = "x"\nowner = "y"')


def test_there_is_no_configuration(config: Path) -> None:
    with pytest.raises(ConfigError, match="there is no configuration"):
        load_settings(config)


def test_a_folder_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(tmp_path)


def test_a_file_that_is_not_utf8_is_no_configuration(config: Path) -> None:
    config.write_bytes(b'home = "\xff"')
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(config)


def test_relative_paths_are_relative_to_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    base = config.parent.resolve()
    loaded = load(
        config,
        'home = "h"\nowners = "../o.csv"\n' + COSTS + '[[activity]]\nname = "t"\nuri = "trail/x"\n',
    )
    assert loaded.home == base / "h"
    assert loaded.owners == base.parent / "o.csv"
    assert loaded.costs[0].uri == str(base / "bill")
    assert loaded.activity[0].uri == str(base / "trail/x")


def test_absolute_paths_and_buckets_stay(config: Path) -> None:
    loaded = load(
        config, 'home = "/data/h"\n' + COSTS.replace('"bill"', '"s3://acme-billing/cur/../x"')
    )
    assert loaded.home == Path("/data/h")
    assert loaded.costs[0].uri == "s3://acme-billing/cur/../x"


def test_the_home_is_beside_the_file_unless_given(config: Path) -> None:
    assert load(config, "").home == config.parent.resolve()


def test_what_is_not_said_has_its_default(config: Path) -> None:
    loaded = load(config, COSTS + BUDGET + "amount = 0")
    assert (loaded.cost_metric, loaded.show_spaces, loaded.publish) == (
        "effective_cost",
        "shared",
        "link",
    )
    assert (loaded.costs[0].role, loaded.costs[0].keep) == ("ledger", "scope")
    budget = loaded.budgets[0]
    assert (budget.amount, budget.period, budget.currency) == (Decimal(0), "monthly", "USD")
    assert budget.warn_at == (Decimal("0.8"), Decimal("1.0"))


def test_values_are_exact_and_keys_are_lower_case(config: Path) -> None:
    text = BUDGET.replace('"*"', f'"{SPACE.upper()}"')
    loaded = load(
        config, text + 'amount = 900.1\nperiod = "custom"\nstart = 2026-09-01\nend = 2026-12-01'
    )
    assert loaded.budgets[0].space == SPACE
    assert loaded.budgets[0].amount == Decimal("900.1")
    assert loaded.budgets[0].end == date(2026, 12, 1)


def test_alerts_name_variables_and_have_defaults(config: Path) -> None:
    assert load(config, "").alerts == Alerts(channels=(), pages=None, stale_after_days=3)
    text = '[alerts]\nchannels = ["SPACELEDGER_SLACK", "_mail2"]\npages = "https://share.example/a b"\n'
    with pytest.raises(ConfigError, match=r"alerts\.pages is not an address"):
        load(config, text)
    alerts = load(config, text.replace("a b", "a%20b") + "stale_after_days = 1").alerts
    assert alerts.channels == ("SPACELEDGER_SLACK", "_mail2")
    assert (alerts.pages, alerts.stale_after_days) == ("https://share.example/a%20b", 1)


def test_whom_to_tell_changes_no_number(config: Path) -> None:
    text = '[alerts]\nchannels = ["{}"]\nstale_after_days = {}'
    hashes = [
        made_with(load(config, text.format(*given))).configuration_hash
        for given in [("A", 3), ("B", 3), ("A", 4)]
    ]
    assert hashes[0] == hashes[1] != hashes[2]


def test_settings_are_frozen(config: Path) -> None:
    loaded = load(config, COSTS)
    with pytest.raises(ValueError, match="frozen"):
        loaded.home = Path("/")  # type: ignore[misc]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.from_regex(r"[a-z_]{1,12}", fullmatch=True), before=st.integers(0, 5))
def test_any_unknown_key_is_named_with_its_line(config: Path, key: str, before: int) -> None:
    if key in Settings.model_fields:
        return
    with pytest.raises(ConfigError, match=rf"line {before + 1}: {key} is not a key"):
        load(config, "\n" * before + f"{key} = 1\n" + COSTS)


OVERLAP = """
[[budgets]]
name = "b"
space = "*"
amount = 1
end = 2026-06-02
[[budgets]]
name = "b"
space = "*"
amount = 2
start = 2026-06-01
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("warn_at = []", "line 5: budgets.1.warn_at"),
        ("warn_at = [0.0]", "line 5: budgets.1.warn_at"),
        ("amount = 1e13", "budgets.1.amount"),
        ("amount = 0.1234567890123", "budgets.1.amount"),
    ],
)
def test_a_budget_takes_amounts_the_ledger_can_hold(
    tmp_path: Path, text: str, message: str
) -> None:
    amount = "" if text.startswith("amount") else "amount = 1"
    config = tmp_path / "spaceledger.toml"
    config.write_text(f"[[budgets]]\nname = 'b'\nspace = '*'\n{amount}\n{text}\n")
    with pytest.raises(ConfigError, match=message):
        load_settings(config)


def test_budgets_of_one_name_may_follow_each_other_but_not_overlap(tmp_path: Path) -> None:
    config = tmp_path / "spaceledger.toml"
    config.write_text(OVERLAP)
    with pytest.raises(ConfigError, match="two budgets named b whose dates overlap"):
        load_settings(config)
    config.write_text(OVERLAP.replace("06-02", "05-31"))
    assert [budget.amount for budget in load_settings(config).budgets] == [1, 2]


def test_a_period_that_has_begun_runs_on_past_the_end_of_its_budget(tmp_path: Path) -> None:
    quarter = (
        '[[budgets]]\nname = "b"\nspace = "*"\namount = 1\nperiod = "quarterly"\nend = 2026-08-01\n'
    )
    month = '[[budgets]]\nname = "b"\nspace = "*"\namount = 2\nstart = '
    config = tmp_path / "spaceledger.toml"
    config.write_text(quarter + month + "2026-08-02")
    with pytest.raises(ConfigError, match="two budgets named b whose dates overlap"):
        load_settings(config)
    config.write_text(quarter + month + "2026-10-01")
    first, second = load_settings(config).budgets
    assert (first.last_day, second.first_day) == (date(2026, 9, 30), date(2026, 10, 1))


def test_an_amount_may_change_in_the_middle_of_a_month(tmp_path: Path) -> None:
    config = tmp_path / "spaceledger.toml"
    config.write_text(OVERLAP.replace("06-02", "06-14").replace("06-01", "06-15"))
    first, second = load_settings(config).budgets
    assert (first.last_day, second.first_day) == (date(2026, 6, 30), date(2026, 7, 1))


@pytest.mark.parametrize(
    "address", ["not a url", "http://me:secret@minio.example", "ftp://x", "https://x?token=secret"]
)
def test_an_endpoint_is_the_address_of_a_service_and_holds_no_secret(
    tmp_path: Path, address: str
) -> None:
    path = tmp_path / "spaceledger.toml"
    path.write_text(f'[[costs]]\nname = "acme"\nuri = "s3://bills"\nendpoint_url = "{address}"\n')
    with pytest.raises(
        ConfigError, match=r"line 4: costs.1.endpoint_url is not the address"
    ) as caught:
        load_settings(path)
    assert "secret" not in caught.value.line()
